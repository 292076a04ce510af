
var top1 = 1; let top2 = 2; function f(a) { var inner = 3; return eval('[typeof a, typeof inner, typeof top1, typeof top2, typeof f, typeof $umbra, Object.keys(this).length > 0]') } console.log(f(1))
function g(a, b = eval('a + 1')) { return b } console.log(g(1)); function h() { eval('var added = 1; function fn() { return added }'); return fn() } console.log(h())
console.log((() => eval('typeof arguments'))(), (function () { return eval('arguments.length') })(1, 2)); (function () { 'use strict'; eval('var s = 1'); console.log(typeof s) })()
const indirect = eval; console.log(indirect('typeof top1'), (0, eval)('typeof require')); console.log(new Function('return typeof require')()); console.log(eval('(function () { return this === globalThis })()'))
class A { x = eval('this.constructor.name'); static y = eval('this.name'); m() { return eval('super.toString.name') } n() { return eval('new.target') } } console.log(new A().x, A.y, new A().m(), new A().n())
function names() { let out = []; for (const k of ['$uu', '$um', '$ua', '$ui', '$un', 'arguments', 'undefined']) { try { out.push(typeof eval(k)) } catch (e) { out.push(e.name) } } return out } console.log(names())
function* gen() { yield eval('1'); yield* eval('[2, 3]') } console.log([...gen()]); (async () => { console.log(await eval('(async () => 5)()')) })()
var evalInDefault = (a = eval('var z = 1; z'), b = () => a) => [a, b()]; console.log(evalInDefault()); console.log(eval('let q = 1; (() => q)()'), typeof q); 
