"use strict"; 'another' ; "no\x20octal"
console.log((function () { return this })(), (() => { try { undeclared = 1 } catch (e) { return e.message } })())
function a() { "use strict" } function b() { 'use strict'
return this } function c() { ('use strict'); return this } function d() { "use strict" + 1; return this } function e() { 'use\x20strict'; return this } console.log(a(), b(), c(), d(), e())
const f = () => { 'use strict'; return typeof this }; console.log(f()); try { Object.defineProperty({}, 'x', { value: 1 }).x = 2 } catch (e) { console.log(e.message) } try { (function () { return arguments.callee })() } catch (e) { console.log(e.message) } try { a.caller } catch (e) { console.log(e.message) } try { arguments.callee } catch (e) { console.log(e.message) } console.log((function (x) { arguments[0] = 2; return x })(1))
function after() { /* c */ // d
  'use strict' // e
  ;
  'x'
  return typeof this } console.log(after.call(1)); function nosemi() { 'use strict'
  [1].map((x) => x); return typeof this } try { console.log(nosemi.call(1)) } catch (e) { console.log(e.message) } function asi() { 'use asm'
  return 1 } console.log(asi()); function dir() { 'a'; 'b'; return dir.toString() } console.log(dir()); function only() { 'use strict' } console.log(only.toString(), only())
