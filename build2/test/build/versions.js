import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildWithDependencies } from '#dist/build/build.js';
import { readVersion } from '#dist/build/read/folder.js';
import { writeFiles } from '../support/files.js';
import { Guest } from '../support/guest.js';
import { Program } from '../support/program.js';
/** A package `lib` in two versions, in a folder of their own. */
export class Versions {
    folder = mkdtempSync(join(tmpdir(), 'umbra-versions-'));
    old;
    new;
    #options;
    /** Of the old version. */
    #first;
    /** @param number which of several in one process they are */
    constructor(old, young, options = {}, number = 0) {
        this.#options = options;
        this.#first = 2 * number;
        this.old = this.#write(0, old);
        this.new = this.#write(1, young);
    }
    #write(at, files) {
        const version = `1.0.${this.#first + at}`;
        const folder = join(this.folder, version, 'node_modules', 'lib');
        const type = Object.keys(files)[0].endsWith('.mjs') ? 'index.mjs' : 'index.js';
        const manifest = JSON.stringify({ name: 'lib', version, main: type });
        // One of the test's own says 1.0.0 or 1.0.1.
        const own = files['package.json']?.replace(/("version": ?"1\.0\.)([01])"/, (_, begin, patch) => {
            return `${begin}${this.#first + Number(patch)}"`;
        });
        writeFiles(folder, { ...files, 'package.json': own ?? manifest });
        return folder;
    }
    /** `packages` are those of a registry, by `name@range`: their files, with a package.json. */
    build(packages = {}) {
        const locate = async (name, range) => {
            const files = packages[`${name}@${range}`];
            if (files === undefined)
                throw new Error(`there is no ${name}@${range}`);
            const folder = join(this.folder, 'registry', `${name}@${range}`.replace(/[^\w.@]/g, '_'));
            writeFiles(folder, files);
            return readVersion(folder);
        };
        return buildWithDependencies(readVersion(this.old), readVersion(this.new), this.#options, locate);
    }
    /** A program that runs the old version, with its exports as `lib`. */
    start(setup = '', flags = []) {
        return Program.start(mainOf(setup), { modules: dirname(this.old), flags });
    }
    /** The same in a process with others. */
    enter(setup = '') {
        return Guest.enter(mainOf(setup), dirname(this.old));
    }
    remove() {
        rmSync(this.folder, { recursive: true });
    }
}
function mainOf(setup) {
    return { 'main.js': `const lib = require('lib');${setup}` };
}
/** Builds a patch and runs `use` with it, for what a report alone tells. */
export async function withBuild(old, young, use, { packages, ...options } = {}, number = 0) {
    const versions = new Versions(old, young, options, number);
    try {
        await use(await versions.build(packages), versions);
    }
    finally {
        versions.remove();
    }
}
let programs = 0;
/** Other packages have one version for all programs. */
function hasPackages(old, { packages }) {
    return packages !== undefined || Object.keys(old).some((path) => path.startsWith('node_modules/'));
}
/** The same with a program that runs the old version. */
export function withPatch(old, young, setup, use, { flags, alone, ...options } = {}) {
    const isAlone = alone ?? (flags !== undefined || hasPackages(old, options));
    const run = async (made, versions) => {
        const program = await (isAlone ? versions.start(setup, flags) : versions.enter(setup));
        try {
            await use(program, made);
        }
        finally {
            await program.stop();
        }
    };
    return withBuild(old, young, run, options, isAlone ? 0 : programs++);
}
export function problemsOf({ findings }) {
    return findings
        .filter(({ severity }) => severity === 'problem')
        .map(({ file, line, what, why }) => `${file}:${line}: ${what}: ${why}`);
}
/** What `use` gives before the patch, with it, and when it is disabled: twice, for nothing may be left behind. */
export async function checkBothWays(old, young, setup, use, [before, after]) {
    await withPatch(old, young, setup, async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        for (let round = 0; round < 2; round++) {
            assert.deepEqual(await program.run(use), before);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run(use), after);
            await program.disable(made.name);
            assert.deepEqual(await program.run(use), before);
            await program.unload(made.name);
        }
    });
}
//# sourceMappingURL=versions.js.map