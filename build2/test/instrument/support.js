var __rewriteRelativeImportExtension = (this && this.__rewriteRelativeImportExtension) || function (path, preserveJsx) {
    if (typeof path === "string" && /^\.\.?\//.test(path)) {
        return path.replace(/\.(tsx)$|((?:\.d)?)((?:\.[^./]+?)?)\.([cm]?)ts$/i, function (m, tsx, d, ext, cm) {
            return tsx ? preserveJsx ? ".jsx" : ".js" : d && (!ext || !cm) ? m : (d + ext + "." + cm.toLowerCase() + "js");
        });
    }
    return path;
};
// Runs one program plain, prepared, and prepared with every function replaced by its own `original`.
import vm from 'node:vm';
import { instrument, originals as originalsOf } from 'umbra/instrument';
import { cellForm, declareCells, setTable } from '#dist/instrument/cell.js';
/** What a cell may be; every Node version takes both, and has one as its default. */
export const cellForms = ['variable', 'field'];
let count = 0;
/** A cell that no other program of this process has. */
export function newCell(form = cellForm) {
    const cell = `$umbra${process.pid}_${count++}`;
    declareCells([cell], form);
    return cell;
}
export function prepare({ source, type, cellForm: form = cellForm }) {
    const cell = newCell(form);
    const url = `file:///program${count}.js`;
    const { code, sites } = instrument(source, { url, type, cell, cellForm: form });
    return { source, type, cell, cellForm: form, url, code, sites };
}
const WRAPPER = ['exports', 'require', 'module', '__filename', '__dirname'];
/** Runs a program; what it logs and how it ends, as text. `log` is global for the time of the run. */
export async function run(code, type, filename = 'program.js') {
    const lines = [];
    const globals = globalThis;
    const before = globals.log;
    globals.log = (...values) => lines.push(values.map(show).join(' '));
    try {
        if (type === 'module')
            await import(__rewriteRelativeImportExtension(`data:text/javascript,${encodeURIComponent(code)}//${count++}`));
        else {
            const module = { exports: {} };
            const text = code.startsWith('#!') ? `//${code}` : code;
            const body = vm.compileFunction(text, WRAPPER, { filename });
            await body.call(module.exports, module.exports, () => ({}), module, filename, '.');
        }
        // Whatever is still pending gets a few turns.
        for (let turn = 0; turn < 20; turn++)
            await null;
    }
    catch (error) {
        lines.push(`threw ${show(error)}`);
    }
    finally {
        globals.log = before;
    }
    return lines;
}
export function show(value) {
    if (value instanceof Error)
        return `${value.name}: ${value.message}`;
    if (typeof value === 'function')
        return `function ${value.name}/${value.length}`;
    if (typeof value === 'symbol' || typeof value === 'bigint')
        return String(value);
    if (Object.is(value, -0))
        return '-0';
    try {
        return (JSON.stringify(value, (_, inner) => typeof inner === 'function' || typeof inner === 'undefined' ? `${typeof inner}` : inner) ?? String(value));
    }
    catch (error) {
        return `${error.name}`;
    }
}
/** Puts a table into a program's cell, or takes it out. */
export function replace({ cell, cellForm }, table) {
    setTable(cell, table, cellForm);
}
/** The functions of a file as written, ready for its table; reasons for those that cannot be had. */
export function originals(program) {
    const table = [];
    const missing = [];
    const original = originalsOf(program.source, program);
    program.sites.functions.forEach((fn, index) => {
        if (fn.site.missing !== undefined) {
            missing.push(`${fn.paths[0]}: ${fn.site.missing}`);
            return;
        }
        const result = original(index);
        if (result.missing !== undefined) {
            missing.push(`${fn.paths[0]}: ${result.missing}`);
            return;
        }
        try {
            table[index] = vm.compileFunction(result.code, [], {
                filename: program.url,
                lineOffset: result.lineOffset,
                columnOffset: result.columnOffset,
            })();
        }
        catch (error) {
            throw new Error(`original of ${fn.paths[0]} does not compile: ${error.message}\n${result.code}`);
        }
    });
    return { table, missing };
}
/** The three outcomes; all must be equal. Programs without a table in use must not notice, nor those with one. */
export async function outcomes(program) {
    const plain = await run(program.source, program.type);
    const ready = prepare(program);
    const prepared = await run(ready.code, program.type);
    const { table, missing } = originals(ready);
    replace(ready, table);
    try {
        const replaced = await run(ready.code, program.type);
        return { plain, prepared, replaced, missing };
    }
    finally {
        replace(ready, undefined);
    }
}
//# sourceMappingURL=support.js.map