// Comments are left out of prepared code, and nobody can tell.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import vm from 'node:vm';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import * as fc from 'fast-check';
import { instrument } from 'umbra/instrument';
import { hideFromToString } from '#dist/instrument/to-string.js';
import { newCell, prepare } from './support.js';
const files = new Map();
before(() => {
    hideFromToString((cell) => {
        const file = files.get(cell);
        return file && { source: () => file.source, code: () => file.code, sites: () => file.sites };
    });
});
/** Lines of a program between and behind which comments may stand. Every function, class and place is collected. */
const LINES = [
    `const functions = []`,
    `class Bare extends Array {`,
    `  field = 1`,
    `}`,
    `function outer(a,`,
    `  b = () => a) {`,
    `  const text = \`// no comment`,
    `    /* none */ \${ (() => {`,
    `      return 'in'`,
    `    })() }\``,
    `  class Inner {`,
    `    static #p = 1`,
    `    m(x) {`,
    `      return x / 2`,
    `        / 3`,
    `    }`,
    `  }`,
    `  const regex = /\\/\\/ no/g`,
    `  functions.push(b, Inner, Inner.prototype.m)`,
    `  return [text, regex.source, a`,
    `    , new Inner().m(12)]`,
    `}`,
    `functions.push(outer, Bare, async x =>`,
    `  x, { get g() {`,
    `    return 1`,
    `  } })`,
    `const result = outer('//')`,
    `let where; try { null.x } catch (error) { where = error.stack.split('\\n')[1] }`,
    `collect({ functions, result, where })`,
];
const comment = fc.constantFrom('', '', '// line', '/* block */', '/* a\n   b\n\n c */', '/*\r\n*/', '/** @x */ // two', '/* é\u2028 */', '\t //');
const ownLine = fc.constantFrom('', '', '  // own line', '/*\n * doc\n */', '/* 1 */ /* 2 */');
test('whatever stands where, results, texts and lines are those of the plain program', () => {
    const places = fc.array(fc.tuple(comment, ownLine), { minLength: LINES.length, maxLength: LINES.length });
    fc.assert(fc.property(places, (comments) => {
        const source = LINES.flatMap((line, n) => {
            const inTemplate = /`\/\/|none/.test(line);
            const [behind, above] = inTemplate ? ['', ''] : comments[n];
            const text = behind === '' ? line : `${line} ${behind}`;
            return above === '' || LINES[n - 1]?.includes('`//') ? [text] : [above, text];
        }).join('\n');
        const file = prepare({ source, type: 'commonjs' });
        files.set(file.cell, file);
        assert.ok(!/^\s*(\/\/ own line|\* doc)/m.test(file.code.replace(/class Bare[^}]*}/, '')), 'left out');
        assert.equal(lines(file.code.slice(0, file.code.indexOf('\n;'))), lines(source));
        assert.deepEqual(outcome(file.code), outcome(source));
    }), { numRuns: 300 });
});
function lines(text) {
    return text.split(/\r\n|[\n\r\u2028\u2029]/).length;
}
/** What a program computes, the texts of its functions, and the line of an error in it. */
function outcome(code) {
    let given;
    vm.compileFunction(code, ['collect'], { filename: 'program.js' })((all) => {
        given = all;
    });
    const { functions, result, where } = given;
    const texts = functions.map((one) => typeof one === 'function' ? String(one) : String(Object.getOwnPropertyDescriptor(one, 'g').get));
    return { texts, result, where: /program\.js:\d+/.exec(where)?.[0] };
}
test('what engine and tools read stays, as do hashbang and comments of HTML', () => {
    const kept = [
        '#!/usr/bin/env node',
        '<!-- html',
        '//# sourceURL=named.js',
        '/*# of a tool */',
        '//@ sourceMappingURL=x.map',
    ];
    const source = [kept[0], 'function f() {} // gone', ...kept.slice(1), '/* gone */'].join('\n');
    const { code } = instrument(source, { url: 'file:///x.js', type: 'commonjs', cell: newCell() });
    for (const one of kept)
        assert.ok(code.includes(one), one);
    assert.doesNotMatch(code, /gone/);
});
test('a comment before code on its line stays, and the map still gives every column', () => {
    const source = '/* a */ function f(x) { /* b */ return first(x) // c\n  /* d\n e */ + second(x) }';
    const { code, map } = instrument(source, { url: 'file:///x.js', type: 'commonjs', cell: newCell() });
    assert.doesNotMatch(code, /\/\/ c/);
    for (const kept of ['/* a */', '/* b */', '/* d\n e */'])
        assert.ok(code.includes(kept), kept);
    for (const word of ['first', 'second']) {
        const position = positionOf(code, word);
        const back = originalPositionFor(new TraceMap(map), position);
        assert.deepEqual({ line: back.line, column: back.column }, positionOf(source, word));
    }
});
function positionOf(text, word) {
    const before = text.slice(0, text.indexOf(word)).split('\n');
    return { line: before.length, column: before.at(-1).length };
}
//# sourceMappingURL=comments.test.js.map