// Bundles in which functions get their names by a helper of the compiler: `__name(f, "f")`.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withPatch } from './versions.js';
const index = (text) => ({ 'index.js': text });
const HELPER = `var __defProp = Object.defineProperty
  var __name = (target, value) => __defProp(target, "name", { value, configurable: true })
  `;
describe('names that a helper gives to functions', () => {
    it('make no difference where the functions have them anyway', async () => {
        const plain = `const wrap = (f) => f
      function f(x) { return x + 1 }
      const g = (x) => f(x) * 2
      const made = wrap(function made(x) { const inner = (y) => y - 1; return [inner(x), { onChange: (y) => y }.onChange(x), ((y = () => 1) => y())()] })
      class C { run(x) { return [this.constructor.name, x] } }
      Object.assign(exports, { f, g, made, C })`;
        const named = `${HELPER} const wrap = /* @__PURE__ */ __name((f) => f, "wrap")
      function f(x) { return x + 10 }
      __name(f, "f")
      const g = /* @__PURE__ */ __name((x) => f(x) * 20, "g")
      const made = wrap(/* @__PURE__ */ __name(function made2(x) {
        const inner = /* @__PURE__ */ __name((y) => y - 10, "inner")
        function unused() {}
        __name(unused, "unused")
        return [inner(x), { onChange: /* @__PURE__ */ __name((y) => y * 2, "onChange") }.onChange(x), ((y = __name(() => 2, "y")) => y())()]
      }, "made"))
      class C { static { __name(this, "C") } run(x) { return [this.constructor.name, x * 2] } }
      Object.assign(exports, { f, g, made, C })`;
        const names = ['f', 'g', 'made', 'C'];
        await checkBothWays(index(plain), index(named), 'const c = new lib.C()', '[lib.f(1), lib.g(1), lib.made(1), c.run(1), ["f", "g", "made", "C"].map((key) => lib[key].name)]', [
            [2, 4, [0, 1, 1], ['C', 1], names],
            [11, 220, [-9, 2, 2], ['C', 2], names],
        ]);
    });
    it('come along with functions that are new, and go with those that are gone', async () => {
        const text = (more, value) => index(`${HELPER}
        function a(x) { return ${value} }
        __name(a, "parse")
        ${more}
        exports.parse = a`);
        await checkBothWays(text('function b() {} __name(b, "gone"); class D { static { __name(this, "D") } }', 'x'), text(`function c() { return 1 } __name(c, "count")
         var d = /* @__PURE__ */ __name((x) => x, "same")
         class E { count() {} static { __name(this, "Extra") } }`, '[c(), c.name, d(x), d.name, E.name]'), '', '[lib.parse(5), lib.parse.name]', [
            [5, 'parse'],
            [[1, 'count', 5, 'same', 'Extra'], 'parse'],
        ]);
    });
    it('stay what they are, which a note says', async () => {
        const text = (name, value) => index(`${HELPER} function a() { return ${value} } __name(a, "${name}"); exports.a = a`);
        await withPatch(text('one', 1), text('other', 2), '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.match(made.findings.map(({ what, why }) => `${what} ${why}`).join(), /__name\(a, "other"\).*keeps/);
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('[lib.a(), lib.a.name]'), [2, 'one']);
        });
    });
});
//# sourceMappingURL=given-names.test.js.map