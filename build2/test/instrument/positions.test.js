// Lines, columns and source maps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { transformSync } from 'esbuild';
import { instrument, original } from 'umbra/instrument';
import { programs } from './programs.js';
import { newCell, prepare } from './support.js';
const url = 'file:///app/file.js';
/** Every identifier and number of a text that occurs once, with its position. */
function landmarks(text) {
    const found = new Map();
    for (const [index, line] of text.split('\n').entries()) {
        for (const match of line.matchAll(/[\w$]{3,}/g)) {
            found.set(match[0], found.has(match[0]) ? undefined : { line: index + 1, column: match.index });
        }
    }
    return new Map([...found].filter((entry) => !!entry[1]));
}
test('every line of a program stays on its line, and the map gives every word its line and column', () => {
    let checked = 0;
    for (const { source, type = 'commonjs' } of programs) {
        const { code, map } = instrument(source, { url, type, cell: newCell() });
        const lines = code.split('\n');
        assert.ok(lines.length <= source.split('\n').length + 2);
        const trace = new TraceMap(map);
        const after = landmarks(code);
        for (const [word, position] of landmarks(source)) {
            const there = after.get(word);
            if (there === undefined)
                continue;
            assert.equal(there.line, position.line, word);
            const back = originalPositionFor(trace, there);
            assert.deepEqual([back.line, back.column], [position.line, position.column], word);
            checked++;
        }
    }
    assert.ok(checked > 100);
});
test('frames keep their line; the map gives the column', () => {
    const source = `'use strict'
const one = (a, { b } = {}) => { throw new Error('one') }
function two(
  x,
  { y } = {},
) {
  return one(x, { y }); }
module.exports = two`;
    const { code, map } = instrument(source, { url, type: 'commonjs', cell: newCell() });
    const plain = frames(source);
    const prepared = frames(code);
    assert.deepEqual(prepared.map(({ line }) => line), plain.map(({ line }) => line));
    const trace = new TraceMap(map);
    assert.deepEqual(prepared.map(({ line, column }) => {
        const back = originalPositionFor(trace, { line, column: column - 1 });
        return { line: back.line, column: back.column + 1 };
    }), plain);
});
function frames(code) {
    const module = { exports: () => { } };
    const cell = /\$umbra\w+/.exec(code)?.[0];
    assert.ok(cell === undefined || code.includes(cell));
    vm.compileFunction(code, ['module'], { filename: '/app/file.js' })(module);
    return stack(() => module.exports());
}
function stack(run) {
    try {
        run();
    }
    catch (error) {
        const matches = error.stack.matchAll(/\/app\/file\.js:(\d+):(\d+)/g);
        return [...matches].map(([, line, column]) => ({ line: Number(line), column: Number(column) }));
    }
    throw new Error('nothing was thrown');
}
test('an original compiled again throws from its own line and column', () => {
    const source = `'use strict'
let name = 'f'
function first() { throw new Error(name) }
const second = (a) =>
  a.explode(name)
module.exports = [first, second]`;
    const program = prepare({ source, type: 'commonjs' });
    for (const [index, expected] of [
        [0, { line: 3, column: 26 }],
        [1, { line: 5, column: 5 }],
    ]) {
        const written = original(source, { ...program, url }, index);
        assert.equal(written.missing, undefined);
        const { code, lineOffset, columnOffset } = written;
        const fn = vm.compileFunction(code, [], { filename: '/app/file.js', lineOffset, columnOffset })();
        assert.deepEqual(stack(() => fn(() => 'n', {}))[0], expected);
    }
});
test('a map that the file has already is composed, inline and in a file beside it', () => {
    const typescript = `interface Options { readonly size: number }
export class Box<T> {
  constructor(private readonly value: T, public options: Options = { size: 1 }) {}
  unwrap(): T { if (!this.options.size) throw new RangeError('empty'); return this.value }
}`;
    const { code } = transformSync(typescript, {
        loader: 'ts',
        sourcemap: 'inline',
        sourcefile: 'box.ts',
        format: 'esm',
    });
    const { code: prepared, map } = instrument(code, { url, type: 'module' });
    const trace = new TraceMap(map);
    const line = prepared.split('\n').findIndex((text) => text.includes('RangeError'));
    const column = prepared.split('\n')[line].indexOf('RangeError');
    const back = originalPositionFor(trace, { line: line + 1, column });
    assert.ok(back.source?.endsWith('box.ts'));
    assert.equal(back.line, 4);
    assert.equal(back.column, typescript.split('\n')[3].indexOf('RangeError'));
});
test('a broken map of the file leaves one to the file itself', () => {
    for (const comment of [
        '//# sourceMappingURL=missing.js.map',
        '//# sourceMappingURL=data:application/json;base64,e30=',
        '//# sourceMappingURL=data:application/json,{',
    ]) {
        const { map } = instrument(`function f() {}\n${comment}`, { url, type: 'commonjs' });
        assert.deepEqual(map.sources, [url]);
    }
});
//# sourceMappingURL=positions.test.js.map