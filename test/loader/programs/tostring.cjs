
class A { #p = 1; static #s = 2; f = () => 1; static g = function () { return 2 }; get x() { return this.#p } set x(v) { this.#p = v } static get y() { return A.#s } async m(a, { b } = {}) { await 1 } *gen(a = 1) { yield a } async *ag() {} static { this.z = () => 3 } constructor(q = 1) { this.q = q } ['comp' + 1]() {} 'str-ing'() {} 12() {} #priv() {} callPriv() { return this.#priv.toString() } }
class B extends A { constructor(...r) { super(...r) } m() { return super.m() } }
const show = (f) => console.log(JSON.stringify([f.toString(), f.name, f.length, Object.getOwnPropertyNames(f)]))
const acc = (o, k) => Object.getOwnPropertyDescriptor(o, k)
for (const k of Object.getOwnPropertyNames(A.prototype)) { const d = acc(A.prototype, k); for (const f of [d.value, d.get, d.set]) if (typeof f === 'function') show(f) }
show(A); show(B); show(new A().f); show(A.g); show(acc(A, 'y').get); show(A.z); console.log(new A().callPriv())
show(function /* c */ named ( a , b = 2 , ...c ) /* d */ { /* e */ }); show(async  function  * x () { }); show((a,)=>{}); show(async a=>a); show(async (a, b) => ({ a, b })); show(function () { 'use strict'; return this })
const o = { m() {}, get g() { return 1 }, set g(v) {}, async *ag() {}, [Symbol.iterator]: function* () {}, arrow: () => {}, async: async () => {}, 'q r'() {}, f: function () {} }
for (const k of Reflect.ownKeys(o)) { const d = acc(o, k); for (const f of [d.value, d.get, d.set]) if (typeof f === 'function') show(f) }
console.log(String(new Function('a', 'b', 'return a + b')), `${(x) => x}`, '' + class { }, String(class extends Object { x = 1 }))
console.log(Function.prototype.toString.call(A), Function.prototype.toString.toString(), Function.prototype.toString.name, Function.prototype.toString.length, 'prototype' in Function.prototype.toString)
try { Function.prototype.toString.call({}) } catch (e) { console.log(e.name, e.message) }
console.log(Function.prototype.toString.call(new Proxy(function () {}, {})), require('vm').runInNewContext('Function.prototype.toString.call(f)', { f: show }), require('util').inspect(A), require('util').inspect(show), require('util').inspect(o))
console.log(show.bind().toString(), Object.getOwnPropertyNames(Function.prototype).join(), JSON.stringify(Object.getOwnPropertyDescriptor(Function.prototype, 'toString')))
