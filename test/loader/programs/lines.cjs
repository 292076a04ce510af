#!/usr/bin/env node
var a = 1 // x function ls() { return new Error('ls').stack.split('\n')[1] } console.log(ls())
const s = ' ', r = /a\u2028/; console.log(((x) => { return x + new Error('q').stack.split('\n')[1] })(s.length))function cr() { throw new Error('cr') }try { cr() } catch (e) { console.log(e.stack.split('\n').slice(0, 3)) }
console.log(`a
b${(() => { return 'c\
d' })()}
`.length, (function () { return 1
})(), cr.toString(), ls.toString())
