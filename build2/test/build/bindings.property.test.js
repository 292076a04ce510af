// A program whose names are chosen anew has not changed; one that changes in a function too has changed in that function.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import vm from 'node:vm';
import fc from 'fast-check';
import { scaled } from '../support/scale.js';
import { problemsOf, Versions } from './versions.js';
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const program = fc.record({
    tables: fc.integer({ min: 1, max: 3 }),
    functions: fc.array(fc.record({ kind: fc.nat(4), calls: fc.nat(20), table: fc.nat(20), number: fc.nat(9) }), { minLength: 2, maxLength: 7 }),
});
const FORMS = [
    (n, call, _, k) => `(${n('p')}, ${n('q')} = 1) { let ${n('l')} = ${n('p')} * ${k}; for (const ${n('m')} of [1, ${n('q')}]) ${n('l')} += ${call}(${n('m')}); return ${n('l')} }`,
    (n, call, table, k) => `(${n('p')}) { ${table}.set(${n('p')}, ${call}(${k})); return ${table}.size + ${n('p')} }`,
    (n, call, table, k) => `(${n('p')}) { const { size: ${n('l')}, x: ${n('m')} = ${k} } = ${table}; return [${n('p')}, 2].map((${n('q')}) => ${n('q')} + ${n('l')} + ${n('m')} + ${call}(1)).length }`,
    (n, call, _, k) => `(${n('p')}) { try { if (${n('p')} > ${k}) throw ${n('p')}; return ${call}(${n('p')}) } catch (${n('l')}) { return ${n('l')} - ${k} } }`,
    (n, call, _, k) => `(${n('p')}) { var ${n('l')} = { ${n('p')}, f: ${call} }; return Object.values(${n('l')}).length + ${n('l')}.f(${k}) }`,
];
/** The program with names from an order of letters, `changed` being the function that differs. */
function textOf({ tables, functions }, order, changed) {
    const table = (i) => order[i % tables];
    const fn = (i) => order[tables + i];
    // Properties that are written by a name must be called the same in both versions.
    const locals = (used, property) => {
        const free = order.filter((name) => !used.includes(name) && name !== property);
        return (local) => (local === property ? 'zz' : free['pqlm'.indexOf(local)]);
    };
    const made = functions.map(({ kind, calls, table: t, number }, i) => {
        const call = i === 0 ? 'Math.abs' : fn(calls % i);
        const name = locals([call, table(t), fn(i)], kind === 4 ? 'p' : '');
        return `function ${fn(i)}${FORMS[kind](name, call, table(t), number + (i === changed ? 10 : 0))}`;
    });
    const filled = Array.from({ length: tables }, (_, i) => `const ${table(i)} = new Map([['table', ${i}]]);`);
    const exported = functions.map((_, i) => `exports.f${i} = ${fn(i)};`);
    return [...filled, ...made, ...exported].join('\n');
}
const shuffled = fc.shuffledSubarray(LETTERS, { minLength: LETTERS.length, maxLength: LETTERS.length });
it('names alone are no change', () => fc.assert(fc.asyncProperty(program, shuffled, shuffled, async (made, before, after) => {
    const versions = new Versions({ 'index.js': textOf(made, before) }, { 'index.js': textOf(made, after) });
    try {
        const { empty, findings } = await versions.build();
        assert.deepEqual([empty, findings], [true, []]);
    }
    finally {
        versions.remove();
    }
}), { numRuns: scaled({ ci: 60, full: 3_000 }) }));
it('what changed beside names is in the patch, and nothing else', async () => {
    await fc.assert(fc.asyncProperty(program, fc.nat(20), shuffled, shuffled, async (made, which, before, after) => {
        const changed = which % made.functions.length;
        const young = textOf(made, after, changed);
        const versions = new Versions({ 'index.js': textOf(made, before) }, { 'index.js': young });
        try {
            const patch = await versions.build();
            assert.deepEqual(problemsOf(patch), []);
            assert.deepEqual(patch.deeds.map(({ what }) => what), [`function ${before[made.tables + changed]} replaced`]);
            const use = made.functions.map((_, i) => `lib.f${i}(${i})`).join();
            const running = await versions.start();
            try {
                await running.load(patch.code, 'patch.mjs');
                const expected = vm.runInNewContext(`const exports = {}; ${young}; const lib = exports; JSON.stringify([${use}])`);
                assert.equal(JSON.stringify(await running.run(`[${use}]`)), expected);
            }
            finally {
                await running.stop();
            }
        }
        finally {
            versions.remove();
        }
    }), { numRuns: scaled({ ci: 12, full: 500 }) });
});
//# sourceMappingURL=bindings.property.test.js.map