
console.log(typeof hoisted, typeof inBlock); { function inBlock() { return 1 } } console.log(typeof inBlock); function hoisted() {}
if (true) { function cond() { return 'a' } } else { function cond() { return 'b' } } console.log(cond())
{ function dup() { return 1 } function dup() { return 2 } } console.log(dup())
switch (1) { case 0: function sw() { return 'sw' } case 1: console.log(typeof sw, sw()) } console.log(typeof sw)
;(function () { console.log(typeof x); { function x() {} } console.log(typeof x) })()
;(function (x) { { function x() {} } console.log(typeof x) })(1); (function () { let x = 1; { function x() {} } console.log(typeof x) })()
lab: function labelled() { return 'l' } console.log(labelled())
try { throw 1 } catch (e) { var e = 2; console.log(e) } console.log(e)
with ({ w: 5, f() { return this.w } }) { var fromWith = function () { return w }; console.log(w, f(), fromWith(), (() => w)()) }
console.log((function () { return typeof this })(), (function () { 'use strict'; return typeof this })(), (function () { return this })() === globalThis)
function callerOf() { return callerOf.caller && callerOf.caller.name } function outer() { return callerOf() } console.log(outer(), callerOf.arguments, Object.getOwnPropertyNames(callerOf).join())
function strictCaller() { 'use strict'; return callerOf() } console.log(strictCaller())
function args(a) { return args.arguments && args.arguments.length } console.log(args(1, 2, 3))
function map(a, b) { arguments[0] = 9; b = 8; return [a, arguments[1], arguments.length, typeof arguments.callee, Object.prototype.toString.call(arguments)] } console.log(map(1, 2, 3))
function len(a, b = 1, c) {} console.log(len.length, ((a, ...b) => {}).length, (function ({ a }, b) {}).length)
var undefined = 1; console.log(undefined, NaN); (function (undefined) { console.log(undefined) })(7); console.log(010, '\08'); <!-- html comment
--> another
console.log(/* nothing */1 ) <!-- end
var f = function g() { g = 1; return typeof g }; console.log(f()); console.log((function eval() { return 1 })(), (function (arguments) { return arguments })(3)); var yield = 1, let = 2, async = 3, of = 4, static = 5, await = 6; console.log(yield + let + async + of + static + await); let
x = 1
console.log(delete globalThis.nope, delete x, typeof (function () { return delete arguments })()); console.log((function () { eval('var q = 1'); return q })(), (function () { return eval('(() => this === globalThis)()') })(), (function () { 'use strict'; return eval('typeof this') })())
console.log((function () { return new.target })(), new (function T() { this.t = new.target === T })().t, Reflect.construct(function () { this.n = new.target.name }, [], class Q {}).n)
var getter = Object.getOwnPropertyDescriptor(class { static get a() { return 1 } }, 'a').get; console.log(getter.name, 'prototype' in getter, getter.hasOwnProperty('caller')); console.log(Object.getOwnPropertyNames(function () {}).join(), Object.getOwnPropertyNames(() => {}).join(), Object.getOwnPropertyNames(async function () {}).join(), Object.getOwnPropertyNames(function* () {}).join(), Object.getOwnPropertyNames(class { static a() {} }).join())
a: for (var i = 0; i < 3; i++) { b: for (;;) { if (i === 1) break a; continue a } } console.log(i)
