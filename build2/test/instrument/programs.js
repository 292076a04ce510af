export const programs = [
    {
        name: 'declarations, expressions, arrows',
        source: `
let count = 0, prefix = 'p'
var written; written = 1
function add(a, b) { count++; return a + b + written }
const twice = function (f) { return f(1) + f(2) }
const arrow = x => x + count, block = (x) => { count += x; return count }
const object = x => ({ x, count })
const curried = a => b => c => a + b + c + count
log(add(1, 2), twice(arrow), block(3), object(4), curried(1)(2)(3), count)
log(add.name, add.length, twice.name, arrow.name, block.name, curried(1).name === '')
written = 5; log(add(0, 0))
prefix += 'q'; function readPrefix() { return prefix + typeof prefix }
log(readPrefix())
var compound = 2
function change() { compound **= 3; compound ||= 9; compound &&= compound + 1; compound++; --compound; [compound] = [compound + 1]; ({ compound } = { compound: compound * 2 }); ({ compound = 4 } = {}); for (compound of [7, 8]); for (compound in { k: 1 }); return compound }
log(change(), compound)
let postfix = 5n
function post() { return [postfix++, postfix--, ++postfix, -postfix] }
log(String(post()))
let named
function nameIt() { named = function () {}; const a = named.name; named = () => {}; named ??= 1; return [a, named.name] }
log(nameIt())`,
    },
    {
        name: 'this, arguments, new.target',
        source: `
function sloppyThis() { return this === globalThis }
function strictThis() { 'use strict'; return this }
function strictArgs(a) { 'use strict'; return [typeof this, arguments.length, a] }
log(strictArgs(1), strictArgs.call(5, 2))
function args() { return [...arguments, arguments.length] }
function mapped(a) { arguments[0] = 9; return a }
function mappedBack(a) { a = 9; return arguments[0] }
function unmapped(a = 0) { arguments[0] = 9; return [a, arguments.length] }
function pattern({ a }) { arguments[0] = 9; return [a, arguments[0]] }
function callee({ a }) { try { return typeof arguments.callee } catch (e) { return e.constructor.name } }
function T() { return new.target === T ? 'new' : typeof new.target }
function arrowArgs() { const f = () => arguments[0] + this.k; return f(7) }
function arrowTarget() { return (() => new.target === undefined)() }
function arrowDeep() { return (() => () => [this.k, arguments.length])()() }
function Old(x) { if (!(this instanceof Old)) return new Old(x); this.x = x }
log(sloppyThis(), strictThis.call(5), args(1, 2), args(), mapped(1), mappedBack(1), unmapped(1), unmapped(), pattern({ a: 1 }), callee({}))
log(typeof T(), typeof new T(), arrowArgs.call({ k: 1 }, 2), arrowTarget(), arrowDeep.call({ k: 3 }, 1, 2))
log(Old(3), new Old(4) instanceof Old)
function dup(a, a) { return [a, arguments.length] }
log(dup(1, 2), dup(1))
function shadow(f, x) { return typeof f + x; function f() {} }
log(shadow(1, 2), shadow.length)
function shadowArgs(f) { return typeof f + typeof arguments[0]; function f() {} }
log(shadowArgs(1))
function ownVar(arguments) { return arguments }
log(ownVar(4))
function varArguments() { var arguments; return arguments.length }
log(varArguments(1, 2))
var self = function rec(n) { return n > 0 ? n + rec(n - 1) : 0 }
log(self(4)); const again = self; self = null; log(again(3))
log((function cb(g) { return [1, 2].map(() => cb.length) })(1))
var ignored = function me() { me = 1; return typeof me }
log(ignored())
var thrown = function me() { 'use strict'; try { me = 1 } catch (e) { return e.message } }
log(thrown())`,
        missing: 1,
    },
    {
        name: 'parameters',
        source: `
let effects = []
const note = x => (effects.push(x), x)
function defaults(a, b = a + 1, c = note(b)) { return [a, b, c] }
function patterns({ x, y: { z = 5 } = {} }, [p, , ...q] = [1, 2, 3]) { return [x, z, p, q] }
function rest(a, ...more) { return [a, more] }
function restPattern(a, ...[b, c = 7]) { return [a, b, c] }
const arrow = ({ a, b = () => a }, c = b()) => a + c
const arrow2 = ([a], { b } = { b: 2 }, ...c) => [a, b, c]
const oneLine = async ({ a }) => a
function closure(a, get = () => a, set = v => { a = v }) { set(5); return [a, get()] }
function bodyVar(a, get = () => a) { var a = 3; return [a, get()] }
function bodyVar2(a = 1) { var a; return a }
function bodyFunction({ f }) { return typeof f; function f() {} }
function bodyName(a = typeof hidden) { let hidden = 1; return [a, hidden] }
function tdz(a = b, b) { return a }
function tdzSelf(a = a) { return a }
function named(f = function () {}, g = () => {}, h = class {}) { return [f.name, g.name, h.name] }
function computed({ [note('k')]: v = 1, ...others }) { return [v, others] }
function trailing(a, { b }, ) { return [a, b] }
function multi(
  a, // one
  { b, // two
    c } = {}, /* three */
  d = \`line
  break\`,
) { return [a, b, c, d] }
log(defaults(1), defaults(1, 5), defaults.length, effects)
log(patterns({ x: 1 }), patterns.length, rest(1, 2, 3), rest.length, restPattern(1, 2), restPattern.length)
log(arrow({ a: 1 }), arrow({ a: 1, b: () => 9 }), arrow.length, arrow2([1]), arrow2.length)
log(closure(1), bodyVar(1), bodyVar2(), bodyVar2(4), bodyFunction({ f: 1 }))
for (const f of [patterns, arrow, arrow2, computed, ({ }) => 0, ({ ...r }) => 0, ({ a = 1 }) => 0, ([]) => 0, ({ 'a b': c }) => 0, ({ 0: c }) => 0, ({ a: { b } }) => 0, ({ a } = null) => 0]) {
  for (const v of [undefined, null, 5]) try { log(f(v)) } catch (e) { log(e.message) }
}
for (const f of [bodyName, tdz, tdzSelf]) try { log(f()) } catch (e) { log(e.message) }
log(tdz(1), named(), computed({ k: 2, z: 3 }), trailing(1, { b: 2 }), trailing.length, multi(1), multi(1, { b: 2, c: 3 }, 4), multi.length)
oneLine({ a: 1 }).then(v => log(v)); oneLine().catch(e => log(e.message))
const o = { set v({ a, b = 2 }) { log('set', a, b) }, get [note('computed')]() { return 1 }, m({ a } = {}) { return a } }
o.v = { a: 1 }; log(o.computed, o.m(), o.m({ a: 3 }))
log(Object.getOwnPropertyDescriptor(o, 'v').set.length)`,
    },
    {
        name: 'classes',
        source: `
'use strict'
let made = 0
class Base {
  #p = 1; static #s = 'static'; #q
  field = this.#p + 1
  handler = (x) => this.#p + x
  static count = 0
  static { this.ready = [1].map(x => x + made); }
  constructor(a, b = 2) { made++; this.a = a; this.b = b; this.t = new.target.name; this.#q = a }
  get p() { return this.#p } set p(v) { this.#p = v; this.#p += 1; this.#p++ }
  #secret(x) { return x + this.#p } secret(x) { return this.#secret(x) + this.#secret.length }
  get #g() { return 'g' + this.#p } set #g(v) { this.#p = v }
  viaG() { this.#g = 5; this.#g += 'x'; return this.#g }
  static s() { return this.#s + Base.#s }
  has(o) { return [#p in o, #secret in o] }
  pair() { [this.#p, this.#q] = [7, 8]; ({ v: this.#p = 4 } = {}); for (this.#q of [1, 2]); return [this.#p, this.#q] }
  bad(o) { try { return o.#p } catch (e) { return e.constructor.name } }
  optional(o) { return o?.a }
  name() { return 'base' + this.a }
  static create(...args) { return new this(...args) }
  async later() { await null; return this.#p }
  *gen() { yield this.#p; yield* [1, 2] }
  async *agen(n = 2) { for (let i = 0; i < n; i++) yield i + this.#p }
  ['computed' + 1]() { return Base.name }
  new() { return new this.constructor.#Inner().x }
  static #Inner = class { x = 'inner' }
}
class Derived extends Base {
  #own = 'own'; extra = () => super.name() + this.#own
  constructor(a, { b } = {}) { const early = () => super(a, b); early(); this.d = a }
  name() { return 'derived' + super.name() + super['name']() }
  get p() { return super.p + 1 } set p(v) { super.p = v }
  assign() { super.z = 1; super['y'] = 2; super.n = (super.n ?? 0) + 1; return [this.z, this.y, this.n] }
  static create(...args) { return super.create(...args) }
  arrowSuper() { return [1].map(x => super.name() + x) }
  async asyncSuper() { await 0; return super.name() }
}
class Plain extends Base { constructor(x) { super(x); this.z = x } }
class Returns extends Base { constructor() { super(1); return { other: true } } }
class Conditional extends Base { constructor(x) { if (x) super(x); else super(); } }
class NoSuper extends Base { constructor() { return Object.create(new.target.prototype) } }
class Late extends Base { constructor() { try { this.x } catch (e) { log(e.message) } super(1) } }
const Anonymous = class extends Base { constructor() { super('anon') } }
class Inner extends Base { constructor() { super('i'); this.list = [1].map(x => this.a + x + (() => typeof this)()) } }
log(new Inner().list)
class Never extends Base { constructor() {} }
const b = new Base(1)
log(b, b.p, b.secret(1), Base.s(), b.has({}), b.has(b), b.bad({}), b.optional(), b.handler(3), Base.ready)
b.p = 5; log(b.p, b.viaG(), b.pair(), b.computed1(), Base.create(3).a, Base.length, b.new())
const d = new Derived('x', { b: 3 })
log(d, d.name(), d.p, d.assign(), d.extra(), Derived.create('c').name(), d.arrowSuper(), d instanceof Base)
d.p = 10; log(d.p)
b.later().then(v => log('later', v)); d.asyncSuper().then(v => log(v))
log([...b.gen()]); (async () => { for await (const v of b.agen()) log('agen', v) })()
log(new Plain(2), new Returns(), new Conditional(1).a, new Conditional().a, new NoSuper() instanceof NoSuper, new Late().a, new Anonymous().a, new Plain(1).t, Plain.name, Anonymous.name)
try { new Never() } catch (e) { log(e.message) }
try { Base() } catch (e) { log(e.message) }
log(Object.getOwnPropertyNames(Base.prototype), Object.getOwnPropertyNames(b), made)
class Sub extends Plain { } log(new Sub(4).z, new Sub(1).t)
class Keys { [() => {}]() { return 1 } static [function () {}]() { return 2 } get [(class { m() { return 3 } }).prototype.m()]() { return 4 } }
log(Object.values(Object.getOwnPropertyDescriptors(Keys.prototype)).map(d => typeof d.value), new Keys()[3])
function mixin(B) { return class extends B { #m = 'mixed'; constructor(...a) { super(...a) } mixed() { return this.#m } } }
class Mixed extends mixin(Base) {} log(new Mixed(1).mixed(), new Mixed(5).a)`,
        missing: 1,
    },
    {
        name: 'generators',
        source: `
let made = 0
function* simple(a, b) { made++; const got = yield a; yield [b, got]; return 'end' }
function* noParams() { yield 1 }
function* defaults(a, b = a + made, { c = 3 } = {}) { yield [a, b, c] }
function* rest(a, ...more) { yield [a, more] }
function* restPattern({ a }, ...[b, c]) { yield [a, b, c] }
function* trailing(a, ) { yield a }
function* args() { yield arguments.length }
function* strictArgs(a) { 'use strict'; yield [...arguments] }
function* bodyVar(a = 1, get = () => a) { var a = 2; yield [a, get()] }
function* self(n) { if (n > 0) { yield n; yield* self(n - 1) } }
const expr = function* me(n) { yield typeof me; if (n) yield* me(n - 1) }
const it = simple(1, 2); log(made, it.next(), it.next('sent'), it.next(), it.next())
log(simple.length, defaults.length, rest.length, restPattern.length, trailing.length, noParams.length)
log([...noParams()], [...defaults(1)], [...defaults(1, 2, { c: 4 })], [...rest(1, 2, 3)], [...restPattern({ a: 1 }, 2)], [...trailing(5)], [...args(1, 2)], [...strictArgs(1, 2)], [...bodyVar()], [...self(3)], [...expr(2)])
for (const f of [restPattern, function* ({ a }) {}, function* ([a]) {}, function* (a, { b }) {}]) for (const v of [undefined, null]) try { f(v); log('no error') } catch (e) { log(e.message) }
const stopped = simple(1, 2); log(stopped.return(5), stopped.next(), Object.prototype.toString.call(stopped), stopped instanceof simple)
const thrower = simple(1, 2); thrower.next(); try { thrower.throw(new Error('t')) } catch (e) { log(e.message) }
function* cleanup() { try { yield 1 } finally { log('cleaned') } }
for (const v of cleanup()) break
const o = { *m(a) { yield this.k + a }, k: 1, async *am(x = 1) { yield x; yield await 2 } }
log([...o.m(2)])
;(async () => { const out = []; for await (const v of o.am()) out.push(v); log('async', out); const g = o.am(5); log(await g.next(), await g.return(9), await g.next()) })()
async function* throwing({ a }) { yield a }
try { throwing() } catch (e) { log('at the call', e.message) }`,
        missing: 1,
    },
    {
        name: 'async',
        source: `
let state = 'start'
async function f(a, b = 2) { await null; state = a; return [a, b, state] }
const g = async x => { await 0; return x + state }
const h = async ({ x }) => x
const inner = async function () { const v = await f(1); return () => [v, this.k] }
f(1).then(v => log(v)); g('g').then(v => log(v)); h({ x: 1 }).then(v => log(v))
h().catch(e => log('rejected', e.message))
inner.call({ k: 5 }).then(fn => log(fn()))
async function bad() { throw new RangeError('bad') }
bad().catch(e => log(e))
async function loop() { for await (const x of [f(1), 2]) log('loop', x); try { await bad() } catch { log('caught') } finally { log('finally') } }
loop()`,
    },
    {
        name: 'closures and blocks',
        source: `
function counter(start) { let n = start; return { inc: () => ++n, add(k) { n += k; return n }, get n() { return n }, set n(v) { n = v } } }
const c = counter(1), d = counter(10)
log(c.inc(), c.inc(), d.inc(), c.add(5), c.n, d.n); c.n = 0; log(c.inc(), d.n)
const fs = []
for (let i = 0; i < 3; i++) { fs.push(() => i++); { let j = i * 2; fs.push(() => [i, j]) } }
log(fs.map(f => f()), fs.map(f => f()))
for (var { lv = function* () { yield 1 }, lw = () => 2 } of [{}]) log([...lv()], lw(), lv.name)
for (const k of ['a', 'b']) fs.push(function () { return k })
for (const k in { x: 1 }) fs.push(() => k)
log(fs.slice(6).map(f => f()))
function outer(err, data) { return [1].map(function (err) { return [err, data] }).concat(inner(data)); function inner(data) { return [data + 1, typeof err] } }
log(outer('e', 5))
try { throw { code: 1 } } catch ({ code }) { log((() => code)()) }
try { throw 5 } catch (e) { var e2 = () => e; log(e2()) }
switch (1) { case 1: let s = 's'; log((() => s)()) }
label: for (const x of [1, 2]) { for (const y of [3]) { log((() => x + y)()); continue label } }
{ function hoisted() { return 'hoisted' } } log(hoisted())
log(typeof later, later && later()); if (true) { function later() { return 1 } } log(later())
function early() { return typeof tdz } try { early() } catch (e) { log(e.message) } let tdz = 1; log(early())
var x = 1; function readX() { return x } x = 2; log(readX())
function many() { let a = 1, b = 2; const f1 = () => a, f2 = () => b, f3 = () => a++, f4 = () => b--, f5 = () => a + b, f6 = () => f5(), f7 = () => f1() + f2(), f8 = x => x + a, f9 = a => a + b; return [f1(), f2(), f3(), f4(), f5(), f6(), f7(), f8(1), f9(1), a, b] }
log(many())
const undefined1 = (undefined) => undefined; log(undefined1(1))
function undef(undefined) { return [undefined, typeof undefined] } log(undef(4))
const $u = 1, $um = 2; function dollar($uu) { return $u + $um + $uu } log(dollar(3))
const seq = (a, b) => (a++, b), obj = () => ({}), inOp = (k, o) => k in o
log(seq(1, 2), obj(), inOp('a', { a: 1 }))
for (var q = x => (x in { a: 1 }), once = true; once; once = false) log(q('a'))
const asi = function () { return 1 }
;[1].forEach(v => log(v))
function asiTest() { let n = 0
  n++
  ;(function () { n += 5 })()
  return n }
log(asiTest())
const ownLine = (a) => // comment
  a
    + 1, ownLine2 = ({ a }, b = 2) =>
  /* c */ ({ a,
    b }), ownLine3 = () =>

  (1, 2), ownLine4 = async x =>
  x
log(ownLine(1), ownLine2({ a: 1 }), ownLine3()); ownLine4(3).then(v => log(v))
var module1 = 1
function useWrapper() { return typeof module + typeof exports + typeof require + __filename }
log(useWrapper())
function template(s, ...v) { return s.raw.join('|') + v } const tag = x => template\`a\${x}b\`
log(tag(1))
class K { constructor(v) { this.v = v } } function news() { return [new K(1).v, new K.prototype.constructor(2).v, new (class extends K {})(3).v, typeof new K] }
log(news())
const shorthand = () => ({ x, readX, K }); log(Object.keys(shorthand()), shorthand().x)
return; log('never')`,
    },
    {
        name: 'eval and with',
        source: `
var a = 1
function evals(x) { var y = 2; eval('y = x + 1; var z = 9'); return [y, z, a] }
function strictEval(x = 1) { 'eval'; return (function () { 'use strict'; return eval('x + a') })() }
function withs(o) { with (o) { return (function () { return a })() } }
function indirect() { return (0, eval)('typeof a') }
function inner() { return [1].map(x => eval('x + a')) }
log(evals(1), strictEval(2), withs({ a: 5 }), withs({}), indirect(), inner())
function paramEval(x = eval('a')) { return x } log(paramEval())`,
        missing: 99,
    },
    {
        name: 'asm.js',
        source: `
function Module(stdlib, foreign, heap) { 'use asm'; function add(a, b) { a = a | 0; b = b | 0; return (a + b) | 0 } return { add: add } }
log(Module(globalThis).add(1, 2), Module.length)`,
        missing: 2,
    },
    {
        name: 'a sum of many terms',
        source: `const f = (a) => 0${' + (a => a)(1)'.repeat(3000)}
log(f(1))`,
    },
    {
        name: 'module code',
        type: 'module',
        source: `
import fs, { sep } from 'node:path'
import * as os from 'node:os'
export let live = 1
export const bump = () => ++live
export default function () { return [live, sep.length, typeof fs.join, typeof os.cpus, import.meta.url.slice(0, 5), this] }
export class C { static x = 1; static get() { return C.x } }
export { renamed as other }
function renamed() { return import('node:path').then(m => m.sep === sep) }
const setImport = () => { try { sep = 1 } catch (e) { return e.message } }
const setConst = () => { try { bump = 1 } catch (e) { return e.message } }
log(bump(), bump(), C.get(), setImport(), setConst())
log(await renamed())
log((() => this)(), hoisted()); function hoisted() { try { return late } catch (e) { return e.message } } const late = 1
export const anonymous = [() => 1, function () {}].map(f => f.name)
log(anonymous)`,
    },
    {
        name: 'hashbang and comments',
        source: `#!/usr/bin/env node
<!-- html comment
function f(/* a */ a /* b */, // c
  b) /* d */ { /* e */ return a + b } // f
const g = /* 1 */ ( /* 2 */ x /* 3 */ ) /* 4 */ => /* 5 */ x /* 6 */
const h = /* 1 */ ( /* 2 */ { x } /* 3 */ , /* 4 */ ) /* 5 */ => /* 6 */ { return x }
--> another
log(f(1, 2), g(3), h({ x: 4 }))
const o = { /* a */ async /* b */ m /* c */ ( /* d */ { v } = {} /* e */ ) /* f */ { return v }, get /* g */ x /* h */ ( /* i */ ) /* j */ { return 1 } }
o.m({ v: 1 }).then(v => log(v)); log(o.x)
// last line`,
    },
];
//# sourceMappingURL=programs.js.map