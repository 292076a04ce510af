// Programs under PM2, which starts a container of its own in the program's place.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { toolsFolder } from '../loader/tools.js';
import { writeFiles } from '../support/files.js';
import { until } from '../support/until.js';
const dist = new URL('../../../dist/', import.meta.url);
const register = new URL('loader/register.js', dist).href;
const run = promisify(execFile);
/** Says what `answer` returns, again and again, in a file of its own. */
const program = (load, answer) => `${load}
  setInterval(() => fs.writeFileSync(process.env.OUTPUT + process.pid, ${answer}()), 20)`;
const app = (name, script, instances) => ({
    name,
    script,
    instances,
    exec_mode: instances > 1 ? 'cluster' : 'fork',
    node_args: ['--import', register],
});
const fix = (module, path) => `
  import { definePatch } from 'umbra'
  export default definePatch({ name: 'fix', targets: [{ module: '${module}', functions: { '${path}': () => 'new' } }] })`;
describe('PM2', () => {
    const folder = mkdtempSync(join(tmpdir(), 'umbra-pm2-'));
    const path = (name) => join(folder, name);
    const env = {
        ...process.env,
        PM2_HOME: path('pm2'),
        UMBRA_DIR: path('run'),
        UMBRA_NAME: undefined,
        OUTPUT: path('answer.'),
    };
    const node = async (...args) => (await run(process.execPath, args, { cwd: folder, env })).stdout;
    const pm2 = (...args) => node(join(toolsFolder(), 'pm2/bin/pm2'), ...args);
    const umbra = async (...args) => JSON.parse(await node(fileURLToPath(new URL('cli/main.js', dist)), ...args, '--json'));
    const named = async (name) => (await umbra('ps')).filter((row) => row.name === name).map(({ pid }) => pid);
    const says = (pid, what) => until(() => {
        try {
            return readFileSync(path(`answer.${pid}`), 'utf8') === what;
        }
        catch {
            return false; // not yet
        }
    });
    before(async () => {
        const files = {
            'package.json': '{}',
            'web.js': program("const fs = require('fs'), lib = require('./lib.js')", 'lib.answer'),
            'lib.js': "exports.answer = () => 'old'",
            'job.mjs': program("import fs from 'node:fs'; import { answer } from './lib.mjs'", 'answer'),
            'lib.mjs': "export const answer = () => 'old'",
            'web-fix.mjs': fix('./lib.js', 'exports.answer'),
            'job-fix.mjs': fix('./lib.mjs', 'answer'),
            'ecosystem.config.json': JSON.stringify({ apps: [app('web', 'web.js', 2), app('job', 'job.mjs', 1)] }),
        };
        writeFiles(folder, files);
        await pm2('start', 'ecosystem.config.json');
    });
    after(async () => {
        await pm2('kill');
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });
    for (const [name, instances] of [
        ['web', 2],
        ['job', 1],
    ]) {
        it(`'${name}' is found by the name that it has there, and its targets beside its main script`, async () => {
            await until(async () => (await named(name)).length === instances);
            const pids = await named(name);
            for (const pid of pids)
                await says(pid, 'old');
            await umbra('load', name, `${name}-fix.mjs`, '--all');
            for (const pid of pids)
                await says(pid, 'new');
            await umbra('disable', name, 'fix', '--all');
            for (const pid of pids)
                await says(pid, 'old');
        });
    }
});
//# sourceMappingURL=pm2.long.test.js.map