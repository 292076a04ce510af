// Installing patches where something is in the way: names, folders, programs that are gone, users without a home.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { writeFiles } from '../support/files.js';
import { CommandLine, runNode } from '../support/program.js';
const patch = (name, module = './lib.js') => `
  import { definePatch } from 'umbra'
  export default definePatch({ name: ${name}, targets: [{ module: '${module}', functions: { f: () => 'new' } }] })`;
describe('installing', () => {
    let folder;
    let env;
    const path = (name) => join(folder, name);
    const write = (files) => writeFiles(folder, files);
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), 'umbra-test-installing-'));
        const { HOME, ...rest } = process.env;
        env = {
            ...rest,
            UMBRA_DIR: path('run'),
            UMBRA_CACHE: path('cache'),
            UMBRA_INSTALL_DIR: path('installed'),
        };
        write({
            'app.js': `console.log(require('./lib.js').f())`,
            'lib.js': `exports.f = function f() { return 'old' }`,
            'fix.ts': patch(`'fix'`),
        });
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));
    const cli = new CommandLine(() => env);
    const install = (file, script = 'app.js') => cli.succeed('install', path(file), '--for', path(script));
    const status = async () => JSON.parse(await cli.succeed('status', '--json'));
    const start = (...args) => runNode(args, env);
    it('changes nothing about the end of a program that may not take its mark away, nor for the next start', async () => {
        // A folder in the place of the mark: what a program without its old privileges meets, whoever runs this test.
        write({
            'app.js': `console.log(require('./lib.js').f())
        const { mkdirSync, readdirSync, renameSync } = require('node:fs')
        const folder = process.env.UMBRA_INSTALL_DIR + '/' + readdirSync(process.env.UMBRA_INSTALL_DIR)[0]
        const mark = folder + '/with-' + process.pid
        renameSync(mark, folder + '/moved')
        mkdirSync(mark + '/in the way', { recursive: true })
        process.on('exit', (code) => {
          console.log('exit', code)
          require('node:fs').rmSync(mark, { recursive: true })
          renameSync(folder + '/moved', mark)
        })`,
        });
        await cli.run('install', path('fix.ts'), '--for', path('app.js'));
        for (let start = 0; start < 3; start++) {
            const run = await runNode([path('app.js')], env);
            assert.deepEqual(run, { status: 0, stdout: 'new\nexit 0\n', stderr: '' });
        }
    });
    it('is nothing that a program without a home hears of', async () => {
        const { UMBRA_INSTALL_DIR, XDG_DATA_HOME, ...homeless } = env;
        // As for a user who is in no user database, without HOME.
        const none = `data:text/javascript,import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module';
      os.homedir = () => { throw new Error('no home') }; syncBuiltinESMExports()`;
        const preload = ['--import', none.replace(/\s+/g, ' ')];
        const run = await runNode([path('app.js')], homeless, preload);
        assert.deepEqual(run, { status: 0, stdout: 'old\n', stderr: '' });
    });
    it('survives files that umbra has not named, and a folder that does not say what it is for', async () => {
        await install('fix.ts');
        const [program] = readdirSync(path('installed'));
        const strange = join('installed', program, '0002-100%.patch.json');
        write({ [strange]: '{}', 'installed/other/0001-x.patch.json': '{}' });
        const run = await start(path('app.js'));
        assert.equal(run.status, 0, run.stderr);
        assert.equal(run.stdout, 'new\n');
        assert.match(run.stderr, /'100%' is not applied/);
        assert.deepEqual((await status()).map((row) => row.patch), ['fix', '100%']);
        rmSync(join(folder, 'installed', program, 'program'));
        assert.deepEqual(await status(), []);
        assert.equal((await start(path('app.js'))).stdout, 'old\n');
    });
    it('is for one program, however alike the ends of two paths are', async () => {
        for (const tail of ['客户'.repeat(12), 'a'.repeat(200)]) {
            const [one, other] = ['one', 'other'].map((name) => join(name, tail, 'server.js'));
            for (const script of [one, other]) {
                write({
                    [script]: `console.log(require('./lib.js').f())`,
                    [join(dirname(script), 'lib.js')]: `exports.f = function f() { return 'old' }`,
                });
            }
            await install('fix.ts', one);
            assert.equal((await start(path(one))).stdout, 'new\n');
            assert.equal((await start(path(other))).stdout, 'old\n');
            assert.deepEqual((await status()).map(({ program }) => program), [path(one)]);
            await cli.succeed('uninstall', 'fix', '--for', path(one));
        }
    });
    it('can be undone when the script is gone', async () => {
        await install('fix.ts');
        rmSync(path('app.js'));
        assert.equal((await status()).length, 1);
        assert.equal((await cli.error('uninstall', 'other', '--for', path('app.js'))).code, 'NOT_INSTALLED');
        await cli.succeed('uninstall', 'fix', '--for', path('app.js'));
        assert.deepEqual(await status(), []);
    });
    it('goes by the name that the patch has in the process, or is refused', async () => {
        const named = [
            ['NAME', 'constant', `const NAME = 'constant'`],
            ["'fix-' + 7", 'fix-7'],
            [`\`fix-\${NUMBER}\``, 'fix-8', 'const NUMBER = 8'],
            ['name', 'inner', `const name = 'inner'`],
        ];
        for (const [expression, name, before = ''] of named) {
            for (const file of ['file.ts', 'file.mjs']) {
                write({ [file]: `${before}\n${patch(expression)}` });
                await install(file);
                assert.deepEqual((await status()).map((row) => row.patch), [name], `${expression} in ${file}`);
                await cli.succeed('uninstall', name, '--for', path('app.js'));
            }
        }
        for (const expression of ['process.title', "['a', 'b'].join('')", "(n => n)('x')"]) {
            write({ 'file.ts': patch(expression) });
            const { code, message } = await cli.error('install', path('file.ts'), '--for', path('app.js'));
            assert.equal(code, 'PATCH_NAME', message);
            assert.ok(!existsSync(path('installed')) || readdirSync(path('installed')).length === 0);
        }
    });
    it('takes long names as far as files can have them', async () => {
        const name = '修'.repeat(70);
        write({ 'long.ts': patch(`'${name}'`), 'longer.ts': patch(`'${'n'.repeat(240)}'`) });
        const refused = await cli.error('install', path('longer.ts'), '--for', path('app.js'));
        assert.equal(refused.code, 'PATCH_NAME_TOO_LONG');
        assert.ok(!existsSync(path('installed')));
        await install('long.ts');
        assert.equal((await start(path('app.js'))).stdout, 'new\n');
        assert.equal((await status())[0].patch, name);
    });
});
//# sourceMappingURL=installing.test.js.map