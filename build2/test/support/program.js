import assert from 'node:assert/strict';
import { fork, spawn, } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundlePatch } from '#dist/cli/bundle.js';
import { Client } from '#dist/cli/client.js';
import { writeFiles } from './files.js';
import { until } from './until.js';
const dist = new URL('../../../dist/', import.meta.url);
const cli = fileURLToPath(new URL('cli/main.js', dist));
const register = new URL('loader/register.js', dist).href;
/**
 * Appended to every main script: runs what a test sends, in the scope of the script, and reports what comes out. It is
 * ready when its event loop has run for as long as a prepared process waits until it opens its socket (agent/server.ts).
 */
const DRIVER = `${driver()}
setTimeout(() => process.send('ready'), 20)
`;
/** @param name of one that is in a process with others */
export function driver(name) {
    return `
;process.on('message', async ({ id, to, code }) => {
  if (to !== ${JSON.stringify(name)}) return
  try {
    process.send({ id, to, value: await eval('(async () => ' + code + ')()') })
  } catch (error) {
    process.send({ id, to, error: String(error?.stack ?? error) })
  }
})
`;
}
/**
 * A program of a test, in a folder and a process of its own, with a folder of its own for control sockets. Everything
 * goes away with `stop`.
 */
export class Program {
    folder;
    process;
    env;
    #name;
    output = '';
    #lastId = 0;
    /** @param name of one that is in a process with others */
    constructor(folder, child, env, name) {
        this.folder = folder;
        this.process = child;
        this.env = env;
        this.#name = name;
        child.stdout?.on('data', this.#hear);
        child.stderr?.on('data', this.#hear);
    }
    #hear = (chunk) => {
        this.output += chunk;
    };
    /** Listens no more to a process that goes on. */
    leave() {
        this.process.stdout?.off('data', this.#hear);
        this.process.stderr?.off('data', this.#hear);
    }
    get pid() {
        return this.process.pid;
    }
    /** Writes the files and runs the first of them, `main.js` or `main.mjs`. */
    static async start(files, { env = {}, flags = [], prepared = true, modules } = {}) {
        const folder = mkdtempSync(join(tmpdir(), 'umbra-test-'));
        const main = Object.keys(files)[0];
        writeFiles(folder, { ...files, [main]: files[main] + DRIVER });
        if (modules !== undefined)
            symlinkSync(modules, join(folder, 'node_modules'));
        const environment = {
            ...process.env,
            UMBRA_DIR: join(folder, 'run'),
            UMBRA_CACHE: join(folder, 'cache'),
            UMBRA_INSTALL_DIR: join(folder, 'installed'),
            ...env,
        };
        const execArgv = [...(prepared ? ['--import', register] : []), ...flags];
        const child = fork(join(folder, main), {
            env: environment,
            execArgv,
            stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        });
        const program = new Program(folder, child, environment);
        await program.#ready();
        return program;
    }
    async #ready() {
        const ended = once(this.process, 'exit').then(() => {
            throw new Error(`the program ended before it was ready:\n${this.output}`);
        });
        await Promise.race([once(this.process, 'message'), ended]);
        // From here on the end of the program is each test's own business.
        ended.catch(() => { });
    }
    /** Evaluates an expression in the scope of the main script and returns its value. */
    async run(code) {
        const id = ++this.#lastId;
        return await new Promise((resolve, reject) => {
            const ended = () => reject(new Error(`the program ended:\n${this.output}`));
            const heard = (message) => {
                if (message.id !== id || message.to !== this.#name)
                    return;
                this.process.off('message', heard).off('exit', ended);
                if (message.error === undefined)
                    resolve(message.value);
                else
                    reject(new Error(message.error));
            };
            this.process.on('message', heard).once('exit', ended);
            this.process.send({ id, to: this.#name, code });
        });
    }
    /** An expression that blocks its thread until the test lets go of it, and what to wait for and to do from here. */
    blockage() {
        const file = this.path(`blockage-${++this.#lastId}`);
        const fs = "process.getBuiltinModule('node:fs')";
        return {
            expression: `(() => { ${fs}.writeFileSync('${file}.on', ''); while (!${fs}.existsSync('${file}.off')); })()`,
            begun: () => until(async () => existsSync(`${file}.on`)),
            release: () => writeFileSync(`${file}.off`, ''),
        };
    }
    /** Blocks the program's event loop; returns what ends it. */
    async block() {
        const { expression, begun, release } = this.blockage();
        await this.run(`void setTimeout(() => ${expression}, 10)`);
        await begun();
        return release;
    }
    /** Writes further files into the program's folder. */
    write(files) {
        writeFiles(this.folder, files);
    }
    path(file) {
        return join(this.folder, file);
    }
    /** Runs the command line against this program's socket folder. */
    umbra(...args) {
        return umbra(args, this.env);
    }
    /** Runs a command that must succeed and returns what it printed. */
    async succeed(...args) {
        const run = await this.umbra(...args);
        if (run.status === 0)
            return run.stdout;
        throw new Error(`umbra ${args.join(' ')} ended with ${run.status}:\n${run.stdout}${run.stderr}\n${this.output}`);
    }
    /** Asks the process something over its socket, as the command line does. */
    ask(request) {
        return Client.ask(this.card, request);
    }
    /** Prepares and commits a change over the socket, as the command line does. */
    change(request) {
        return Client.change(this.card, request);
    }
    /** An error that the end of the program has caused says how it ended, and what it printed. */
    async #explain(error) {
        if (error.code !== 'PROCESS_GONE')
            throw error;
        if (this.process.exitCode === null && this.process.signalCode === null)
            await Promise.race([once(this.process, 'exit'), delay(5000)]);
        const { exitCode, signalCode } = this.process;
        throw new Error(`the program ended (${signalCode ?? exitCode}):\n${this.output}`, { cause: error });
    }
    get card() {
        return { pid: this.pid, name: 'main', node: '', socket: join(this.env.UMBRA_DIR, `${this.pid}.sock`) };
    }
    /** Loads a patch from its source; rejects with the reason when it is refused. */
    async load(source, file = 'patch.ts', more = {}) {
        this.write({ [file]: source });
        return this.change({ op: 'load', ...(await bundlePatch(this.path(file))), ...more });
    }
    /** Loads, disables and unloads a patch again and again, all over one connection. */
    async cycle(source, times, file = 'patch.ts') {
        this.write({ [file]: source });
        const patch = await bundlePatch(this.path(file));
        const client = await Client.open(this.card);
        const reports = [];
        const change = async (request) => {
            await client.prepare(request).catch((error) => this.#explain(error));
            reports.push(await client.commit().catch((error) => this.#explain(error)));
        };
        for (let i = 0; i < times; i++) {
            await change({ op: 'load', ...patch });
            const name = reports.at(-1).patch;
            await change({ op: 'disable', patch: name });
            await change({ op: 'unload', patch: name });
        }
        client.close();
        return reports;
    }
    /** Loads a patch that must be refused and returns the reason. */
    async refuse(source) {
        const report = await this.load(source, 'refused.ts').catch((error) => error);
        if ('message' in report)
            return report;
        throw new Error(`expected a refusal, but the patch was loaded: ${JSON.stringify(report)}`);
    }
    disable = (patch) => this.change({ op: 'disable', patch });
    enable = (patch) => this.change({ op: 'enable', patch });
    unload = (patch) => this.change({ op: 'unload', patch });
    /** The rows of `umbra list`. */
    list() {
        return this.ask({ op: 'list' });
    }
    /** The `livepatch:` lines of the patch log. */
    async log() {
        const entries = await this.ask({ op: 'log' });
        return entries.map((entry) => entry.line).filter((line) => line.startsWith('livepatch:'));
    }
    async stop() {
        if (this.process.exitCode === null && this.process.signalCode === null) {
            const exit = once(this.process, 'exit');
            this.process.kill('SIGKILL');
            await exit;
        }
        this.clear();
    }
    /** Removes its folder. */
    clear() {
        try {
            rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
        }
        catch {
            // Children of the program are still writing; the folder is a temporary one, and no test is about it.
        }
    }
}
/** Runs the command line. */
export function umbra(args, env = process.env) {
    return startUmbra(args, env).ended;
}
/** The command line in an environment that need not be there yet, as a test uses it that knows how a command ends. */
export class CommandLine {
    #env;
    constructor(env) {
        this.#env = env;
    }
    run(...args) {
        return umbra(args, this.#env());
    }
    /** What it prints. */
    async succeed(...args) {
        const run = await this.run(...args);
        assert.equal(run.status, 0, `${args.join(' ')}: ${run.stdout}${run.stderr}`);
        return run.stdout;
    }
    /** What it says is wrong. */
    async error(...args) {
        const run = await this.run(...args, '--json');
        assert.equal(run.status, 1, run.stdout);
        return JSON.parse(run.stdout).error;
    }
}
/** Runs a prepared program to its end; `flags` of Node come before umbra. */
export function runNode(args, env, flags = []) {
    return collect(spawn(process.execPath, [...flags, '--import', register, ...args], piped(env))).ended;
}
function piped(env) {
    return { env, stdio: ['ignore', 'pipe', 'pipe'] };
}
/** Starts the command line; what it has printed so far can be seen before it ends. */
export function startUmbra(args, env = process.env) {
    return collect(spawn(process.execPath, [cli, ...args], piped(env)));
}
function collect(child) {
    const printed = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
        child[name].setEncoding('utf8').on('data', (text) => {
            printed[name] += text;
        });
    }
    const ended = once(child, 'close').then(([status]) => ({ status: status, ...printed }));
    return { printed, ended };
}
//# sourceMappingURL=program.js.map