// Code of real packages: those that this repository has installed, of all styles, minified and generated ones too.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { parseSync } from 'oxc-parser';
import { instrument, originals } from 'umbra/instrument';
import { scaled } from '../support/scale.js';
import { newCell } from './support.js';
const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../node_modules');
const WRAPPER = ['exports', 'require', 'module', '__filename', '__dirname'];
const most = scaled({ quick: 60, ci: 250, full: 100_000 });
function* sources() {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.[cm]?js$/.test(name) && !name.includes('.cache'))
        .map((name) => join(folder, name))
        .filter((file) => statSync(file).isFile() && statSync(file).size < 1_000_000);
    const step = Math.max(1, Math.floor(files.length / most));
    for (let n = 0; n < files.length; n += step) {
        const file = files[n];
        const source = readFileSync(file, 'utf8');
        if (compiles(source, 'commonjs'))
            yield { file, source, type: 'commonjs' };
        else if (compiles(source, 'module'))
            yield { file, source, type: 'module' };
    }
}
/** Modules are checked by the parser: the engine compiles them only where a flag allows it. */
function compiles(code, type) {
    if (type === 'module')
        return parseSync('m.js', code, { sourceType: 'module' }).errors.length === 0;
    try {
        vm.compileFunction(code.replace(/^#!.*/, ''), WRAPPER);
        return true;
    }
    catch {
        return false;
    }
}
test('files of real packages compile prepared, nearly every function has a site, and its original compiles', () => {
    let files = 0;
    let functions = 0;
    let missing = 0;
    let unreachable = 0;
    for (const { file, source, type } of sources()) {
        const options = { url: pathToFileURL(file).href, type, cell: newCell() };
        const { code, sites } = instrument(source, options);
        assert.ok(compiles(code, type), file);
        files++;
        functions += sites.functions.length;
        missing += sites.functions.filter((fn) => fn.site.missing !== undefined).length;
        const original = originals(source, options);
        for (let index = 0; index < sites.functions.length; index += 7) {
            const written = original(index);
            if (written.missing !== undefined)
                unreachable++;
            else
                vm.compileFunction(written.code, []);
        }
    }
    assert.ok(files >= Math.min(most, 50) && functions > files);
    assert.ok(missing / functions < 0.005, `${missing} of ${functions} functions have no site`);
    assert.ok(unreachable / (functions / 7) < 0.02, `${unreachable} originals of ${functions / 7} cannot be had`);
});
test('prepared packages do what plain ones do', () => {
    const require = createRequire(import.meta.url);
    const work = {
        semver: (semver) => [
            semver.satisfies('1.2.3', '^1.0.0 || >=3'),
            semver.sort(['2.0.0', '1.0.0-a', '1.0.0']),
        ],
        'cli-table3': (Table) => {
            const table = new Table({ head: ['a', 'b'] });
            table.push(['1', 'two\nlines']);
            return table.toString();
        },
        commander: ({ Command, }) => {
            const command = new Command();
            command.option('-x, --ex <value>');
            return command.parse(['node', 'x', '--ex', '5']).opts();
        },
    };
    for (const [name, run] of Object.entries(work)) {
        const plain = run(require(name));
        assert.deepEqual(run(load(require, name)), plain, name);
    }
});
/** Loads a CommonJS package anew with all its own files prepared. */
function load(require, name) {
    const cache = new Map();
    const loadFile = (file) => {
        if (!file.startsWith('/') && !/^[a-z]:/i.test(file))
            return require(file);
        const known = cache.get(file);
        if (known !== undefined)
            return known.exports;
        const module = { exports: {} };
        cache.set(file, module);
        if (file.endsWith('.json')) {
            module.exports = JSON.parse(readFileSync(file, 'utf8'));
            return module.exports;
        }
        const source = readFileSync(file, 'utf8');
        const { code } = instrument(source, { url: pathToFileURL(file).href, type: 'commonjs', cell: newCell() });
        const inner = createRequire(file);
        vm.compileFunction(code, WRAPPER, { filename: file }).call(module.exports, module.exports, (id) => loadFile(inner.resolve(id)), module, file, dirname(file));
        return module.exports;
    };
    return loadFile(require.resolve(name));
}
//# sourceMappingURL=packages.test.js.map