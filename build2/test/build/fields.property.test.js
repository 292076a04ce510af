// Whatever code of the new version does with a field, on an object that was made without it comes out what comes out on
// an object of the new version.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { problemsOf, withPatch } from './versions.js';
/** Statements about a field, written as `$`, in methods that report in `out`. */
const STATEMENTS = [
    'out.push(this.$)',
    'this.$ += 1; out.push(this.$)',
    'out.push(this.$++, --this.$)',
    'out.push(this?.$, [this][0].$ === this.$)',
    'this.$ = [this.$]; out.push(this.$)',
    '[this.$] = [out.length]; out.push(this.$)',
    'out.push(typeof this.$, String(this.$))',
    'this.$ ??= 7; this.$ ||= 8; out.push(this.$)',
    'for (this.$ of [1, 2]); out.push(this.$)',
    'this.$ = function () { return this.a }; out.push(this.$(), this.$?.(), new this.$() instanceof this.$); this.$ = 1',
    'this.$ = { m() { return this.k }, k: 4 }; out.push(this.$.m()); this.$ = 2',
    'const f = () => this.$; out.push(f())',
];
const PUBLIC = [
    "out.push('$' in this)",
    "delete this.$; out.push('$' in this, this.$)",
    'const { $ } = this; out.push($)',
    'let x; ({ $: x = 5, a: out[out.length] } = this); out.push(x)',
    "this['$'] = 3; out.push(this['$'])",
    'out.push((({ $ }) => $)(this))',
    'out.push((function ({ $: x = 5, ...rest }, b) { return [x, typeof rest.a, b] })(this, 2))',
    'for (const { $ } of [this]) out.push($)',
    'for (const { $, ...rest } of [this]) { out.push($, Object.keys(rest)) }',
    'out.push([this].map(({ $ }) => ({ $ })))',
];
const PRIVATE = ['out.push(#$ in this)'];
// Not undefined: objects without the field have that anyway, and are left to it.
const BEGINNINGS = ['0', "'s'", '[1]', 'this.a', 'LIMIT', 'n', '[n, this.a].map((one) => one)', 'null'];
const field = fc.record({
    how: fc.constantFrom('declared', 'private', 'constructed', 'function'),
    beginning: fc.constantFrom(...BEGINNINGS),
    statements: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
});
function classOf(name, { how, beginning, statements }) {
    const all = [...STATEMENTS, ...(how === 'private' ? PRIVATE : PUBLIC)];
    const key = how === 'private' ? '#field' : 'field';
    // A declared field is made before the constructor's parameter is seen.
    const value = how === 'declared' && /\bn\b|this/.test(beginning) ? '0' : beginning;
    const body = statements.map((one) => `{ ${all[one % all.length].replaceAll('#$', '#field').replaceAll('this.$', `this.${key}`).replaceAll('[0].$', `[0].${key}`).replaceAll('$', 'field')} }`);
    const use = `const out = []; ${body.join(' ')} return JSON.stringify(out)`;
    if (how === 'function') {
        return {
            old: `function ${name}(n) { this.a = n }; ${name}.prototype.use = function () { return [] }; exports.${name} = ${name}`,
            new: `function ${name}(n) { this.a = n; this.field = ${value} }; ${name}.prototype.use = function () { ${use} }; exports.${name} = ${name}`,
        };
    }
    const declared = how === 'declared' ? `field = ${value};` : how === 'private' ? '#field;' : '';
    const made = how === 'declared' ? '' : `this.${key} = ${value}`;
    return {
        old: `exports.${name} = class ${name} { constructor(n) { this.a = n } use() { return [] } }`,
        new: `exports.${name} = class ${name} { ${declared} constructor(n) { this.a = n; ${made} } use() { ${use} } }`,
    };
}
it('new code on old objects does what it does on new ones', async () => {
    const seed = Date.now() % 1_000_000;
    const samples = fc.sample(field, { numRuns: 60, seed });
    // Each has an own name for what it holds: a field that others write too says nothing about a parameter.
    const classes = samples.map((one, i) => {
        const made = classOf(`C${i}`, one);
        const named = (text) => text.replace(/\ba\b/g, `a${i}`);
        return { old: named(made.old), new: named(made.new) };
    });
    const text = (side) => `const LIMIT = 9\n${classes.map((one) => one[side]).join('\n')}`;
    const exported = {};
    new Function('exports', `'use strict';${text('new')}`)(exported);
    const expected = classes.map((_, i) => new exported[`C${i}`](4).use());
    const all = `its.map((one) => one.use())`;
    const setup = `const make = () => Array.from({ length: ${classes.length} }, (_, i) => new lib['C' + i](4)); const its = make()`;
    await withPatch({ 'index.js': text('old') }, { 'index.js': text('new') }, setup, async (program, made) => {
        assert.deepEqual(problemsOf(made), [], `seed ${seed}`);
        await program.load(made.code, 'patch.mjs');
        assert.deepEqual(await program.run(all), expected, `seed ${seed}`);
        assert.deepEqual(await program.run(`its.map(Object.keys)`), classes.map((_, i) => [`a${i}`]), `seed ${seed}`);
        assert.deepEqual(await program.run(`make().map((one) => one.use())`), expected, `seed ${seed}`);
    });
});
//# sourceMappingURL=fields.property.test.js.map