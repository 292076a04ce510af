/** Programs in temporary folders, run as processes of their own with umbra/register. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeFiles } from '../support/files.js';
export const register = import.meta.resolve('umbra/register');
export const registerPath = fileURLToPath(register);
/**
 * Put at the beginning of programs: `patch(file, name, replacement)` fills the table of the function with this path in
 * the prepared file whose url ends so, `prepared()` and `untouched()` list files by their names.
 */
export const probe = `
globalThis.registry = globalThis[Symbol.for('umbra.registry')];
globalThis.fileOf = (end) => [...registry.files()].find((file) => file.url.endsWith(end));
globalThis.patch = (end, name, replacement) => {
  const file = fileOf(end);
  const index = file.sites().functions.findIndex(({ paths }) => paths.includes(name));
  if (index === -1) throw new Error(name + ' is not in ' + JSON.stringify(file.sites().functions));
  const table = file.table() ?? [];
  table[index] = replacement;
  file.setTable(table);
};
globalThis.base = (url) => url.slice(url.lastIndexOf('/') + 1);
globalThis.prepared = () => [...registry.files()].map(({ url }) => base(url)).sort();
globalThis.untouched = () => Object.fromEntries(registry.untouched().map(({ url, reason }) => [base(url), reason]));
globalThis.say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
`;
/** The environment of these tests without what Node's runner says in it to the files it runs. */
const { NODE_TEST_CONTEXT: _, ...withoutTestRunner } = process.env;
/** Makes a program of these files; it has a cache of its own and is removed after the tests. */
export function program(files) {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'umbra-loader-')));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const path = (name) => join(folder, name);
    const settings = ({ node = ['--import', register], arguments: given = [], env } = {}) => ({
        node,
        given,
        spawn: {
            cwd: folder,
            env: { ...withoutTestRunner, NODE_OPTIONS: '', UMBRA_CACHE: path('.cache'), ...env },
        },
    });
    const made = {
        folder,
        path,
        write: (more) => writeFiles(folder, more),
        run(script, options) {
            const { node, given, spawn } = settings(options);
            return spawnSync(process.execPath, [...node, script, ...given], { ...spawn, encoding: 'utf8' });
        },
        start(script, options) {
            const { node, given, spawn: context } = settings(options);
            return new Promise((done, failed) => {
                const child = spawn(process.execPath, [...node, script, ...given], context);
                const result = { status: null, stdout: '', stderr: '' };
                child.stdout.setEncoding('utf8').on('data', (text) => (result.stdout += text));
                child.stderr.setEncoding('utf8').on('data', (text) => (result.stderr += text));
                child.on('error', failed).on('close', (status) => done({ ...result, status }));
            });
        },
        values(script, options) {
            const { status, stdout, stderr } = made.run(script, options);
            assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, stdout);
            return stdout
                .split('\n')
                .filter(Boolean)
                .map((line) => JSON.parse(line));
        },
    };
    made.write({ 'probe.cjs': probe, ...files });
    return made;
}
//# sourceMappingURL=program.js.map