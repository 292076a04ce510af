// Constructor functions that became classes: the running function stays what objects are made of.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild } from './versions.js';
const index = (text) => ({ 'index.js': text });
const INHERITS = "const inherits = require('util').inherits; const EventEmitter = require('events').EventEmitter";
const OLD = `${INHERITS}
function Queue(options) {
  if (!(this instanceof Queue)) return new Queue(options)
  EventEmitter.call(this)
  this.items = []
  this.limit = options.limit
}
inherits(Queue, EventEmitter)
Queue.prototype.add = function (item) { this.items.push(item); this.emit('add', item); return this.items.length }
Queue.prototype.size = function () { return this.items.length }
module.exports = Queue`;
const YOUNG = `const EventEmitter = require('node:events')
class Queue extends EventEmitter {
  constructor(options) {
    super()
    this.items = []
    this.limit = options.limit ?? 2
  }
  add(item) {
    if (this.items.length >= this.limit) return -1
    this.items.push(item)
    this.emit('add', item)
    return this.items.length
  }
  size() { return this.items.length }
  clear() { this.items = []; return super.emit('clear') }
  get isFull() { return this.items.length >= this.limit }
  static of(...items) { const made = new Queue({ limit: 9 }); for (const one of items) made.add(one); return made }
}
module.exports = Queue`;
const SETUP = 'const before = new lib({ limit: 1 }); before.add(1); const seen = []; before.on("add", (one) => seen.push(one))';
describe('a constructor function that became a class', () => {
    it('stays, with the methods of the class', () => checkBothWays(index(OLD), index(YOUNG), SETUP, `(() => {
        const made = new lib({ limit: 2 })
        return [before.add(2) === -1, before instanceof lib, made instanceof lib, made.on('x', () => 0) === made,
          made.add(1), made.add(2), made.add(3), typeof made.clear, lib.of === undefined ? 0 : lib.of(1, 2).size(),
          made.isFull ?? 0, lib({ limit: 4 }).limit, lib({}).limit ?? 0]
      })()`, [
        [false, true, true, true, 1, 2, 3, 'undefined', 0, 0, 4, 0],
        [true, true, true, true, 1, 2, -1, 'function', 2, true, 4, 2],
    ]));
    it('is no arrow, whatever else is called so', async () => {
        const text = (own, more) => index(`const q = (a, c = ${own}) => (b) => { return a + b + c }; exports.f = (a, b) => q(a)(b)
        exports.g = () => { function q() { this.a = 1 } return new q().a }
        const r = ${more}; exports.h = () => r.name`);
        await checkBothWays(text(0, '() => 1'), text(1, '() => 1'), '', '[lib.f(2, 3), lib.g()]', [
            [5, 1],
            [6, 1],
        ]);
        await withBuild(text(0, '() => 1'), text(0, 'class r { m() {} }'), async (made) => assert.doesNotMatch(problemsOf(made).join(), /umbra itself failed/));
    });
    it('is told', () => withBuild(index(OLD), index(YOUNG), async (made) => {
        assert.deepEqual(problemsOf(made), []);
        assert.ok(made.findings.some(({ what, why }) => what === 'Queue' && /became a class/.test(why)));
    }));
    it('is a problem where it is asked for what its superclass has itself', () => {
        const young = YOUNG.replace('module.exports', 'exports.limit = () => Queue.defaultMaxListeners; module.exports');
        return withBuild(index(OLD), index(young), async (made) => assert.match(problemsOf(made).join(), /became a class/));
    });
    it('goes on making objects for subclasses of the old form', () => checkBothWays(index(OLD), index(YOUNG), `function Own() { lib.call(this, {}) } require('util').inherits(Own, lib); const own = new Own()`, `(() => { const made = new Own(); return [made.add(1), made.add(2), made.add(3), own.size() >= 0, made.limit ?? 0] })()`, [
        [1, 2, 3, true, 0],
        [1, 2, -1, true, 2],
    ]));
    it('may be an export itself, without a superclass, and without a constructor', () => checkBothWays(index(`'use strict'; module.exports = Base
        function Base(x) { this.x = x } Base.prototype.get = function () { return this.x }
        function Sub(x) { Base.call(this, x) } require('util').inherits(Sub, Base); Base.Sub = Sub`), index(`'use strict'; module.exports = Base; class Base { constructor(x) { this.x = x } get() { return this.x + 1 } }
        class Sub extends Base {}
        Base.Sub = Sub`), 'const { Sub } = lib; const a = new lib(1); const b = new Sub(2)', '[a.get(), b.get(), new lib(3).get(), new Sub(4).get(), b instanceof Sub, b instanceof lib]', [
        [1, 2, 3, 4, true, true],
        [2, 3, 4, 5, true, true],
    ]));
    it('may be an error, and a class that is exported where it stands', () => checkBothWays({
        'index.mjs': `export default function Failure(message, code) {
            Error.call(this); Error.captureStackTrace(this, Failure); this.message = message; this.code = code
          }
          Failure.prototype = Object.create(Error.prototype, { constructor: { value: Failure } })
          Failure.prototype.name = 'Failure'
          export function fail(code) { return new Failure('no', code) }`,
    }, {
        'index.mjs': `export default class Failure extends Error {
            code = 'none'
            constructor(message, code) { super(message, { cause: 1 }); if (code) this.code = code }
            get isOurs() { return this.code === 'ours' }
          }
          Failure.prototype.name = 'Failure'
          export function fail(code) { return new Failure('no', code) }`,
    }, 'const ready = import("lib").then((all) => { globalThis.all = all; globalThis.before = all.fail("ours") })', `ready.then(() => {
        const show = (error) => [error.message, error.name, error.code ?? 0, error.cause ?? 0, error.isOurs ?? 0,
          error instanceof Error, error instanceof all.default, /^\\w*(Error|Failure): no\\n +at (?!new)/.test(error.stack)]
        return [show(before).slice(0, 5), show(all.fail()), show(new all.default('no', 'ours'))]
      })`, [
        [
            ['no', 'Failure', 'ours', 0, 0],
            ['no', 'Failure', 0, 0, 0, true, true, true],
            ['no', 'Failure', 'ours', 0, 0, true, true, true],
        ],
        [
            ['no', 'Failure', 'ours', 0, true],
            ['no', 'Failure', 'none', 1, false, true, true, true],
            ['no', 'Failure', 'ours', 1, true, true, true, true],
        ],
    ]));
});
describe('a class that has got a constructor', () => {
    const text = (maker, make, run) => index(`class Base { constructor(x) { this.x = x } }
      class Handler extends Base { ${maker} run(list) { return ${run} } }
      class Plain { ${maker.replace('super(a)', '')} run(list) { return ${run} } }
      function make(x, limit) { return ${make} }
      exports.make = make; exports.check = (it) => it instanceof Handler; exports.plain = (x, limit) => new Plain(${make.includes('limit') ? 'x, limit' : ''})`);
    const old = text('', 'new Handler(x)', 'list');
    const young = text('constructor(a, limit = 2) { super(a); this.limit = limit; this.get = () => this.limit }', 'new Handler(x, limit)', 'list.slice(0, this.limit)');
    it('is made with it, by those who make it in its file', () => checkBothWays(old, young, 'const before = lib.make(1); const plain = lib.plain()', `(() => {
        const [made, other] = [lib.make(7, 1), lib.make(8)]
        return [made.run([1, 2, 3]), other.run([1, 2, 3]), made.x, other.x, made.get?.() ?? 0, lib.check(made),
          before.run([1, 2, 3]), plain.run([1, 2, 3]), lib.plain(1, 1).run([1, 2, 3])]
      })()`, [
        [[1, 2, 3], [1, 2, 3], 7, 8, 0, true, [1, 2, 3], [1, 2, 3], [1, 2, 3]],
        [[1], [1, 2], 7, 8, 1, true, [1, 2, 3], [1, 2, 3], [1]],
    ]));
    it('is a problem where programs make it', () => withBuild(index(`class C { run(list) { return list } } exports.C = C`), index(`class C { constructor(limit) { this.limit = limit } run(list) { return list.slice(this.limit) } } exports.C = C`), async (made) => assert.match(problemsOf(made).join(), /C\.constructor: a method was added/)));
});
//# sourceMappingURL=constructors.test.js.map