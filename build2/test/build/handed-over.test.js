// What start-up code hands over to be called later has not run with it: a server, its routes and its timers stay the running ones.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBothWays, problemsOf, withBuild, withPatch } from './versions.js';
const MAX = 'const MAX = 7;';
describe('a name that is new', () => {
    const ask = `exports.f = () => { let said; server.emit('request', '0123456789', { end(text) { said = text } }); return said }`;
    const hands = {
        'in a route that a server looks for': (max) => `const routes = []; function route(path, f) { routes.push([path, f]) }; route('/a', (a) => body(a));
       function body(a) { return a.slice(0, ${max}) };
       const server = require('http').createServer((given, to) => { to.end(routes[0][1](given)) }); server.listen(0, () => {});
       server.unref(); ${ask}`,
        'in a handler of requests of a server that listens': (max) => `const server = require('http').createServer((req, res) => { res.end(req.slice(0, ${max})) }); server.listen(0, () => {});
       server.unref(); ${ask}`,
    };
    for (const [where, text] of Object.entries(hands))
        it(where, () => checkBothWays({ 'index.js': text('3') }, { 'index.js': MAX + text('MAX') }, '', 'lib.f()', [
            '012',
            '0123456',
        ]));
    it('needs no word where a handler of requests changes', () => {
        const text = (n) => `const app = require('events').prototype; app.all = function (f) { this.f = f }; app.all((req) => ${n}); exports.f = () => app.f()`;
        return withPatch({ 'index.js': text(1) }, { 'index.js': text(2) }, '', async (program, made) => {
            assert.deepEqual(made.findings, []);
            await program.load(made.code, 'patch.mjs');
            assert.equal(await program.run('lib.f()'), 2);
        });
    });
    it('is a problem where a function of the file calls what it is given, as it starts', () => withBuild({
        'index.js': `const table = []; function now(f) { table.push(f()) }; now(() => 3); exports.f = () => table; exports.g = () => table.push(1)`,
    }, {
        'index.js': `${MAX} const table = []; function now(f) { table.push(f()) }; now(() => MAX); exports.f = () => table; exports.g = () => table.push(1)`,
    }, async (made) => assert.notDeepEqual(made.findings, [])));
});
describe('a table that the program fills', () => {
    it('stays the running one where a timer that is new empties it, which is told', () => {
        const old = 'const hits = new Map(); exports.f = (k) => { hits.set(k, 1); return hits.size < 2 }';
        const young = `${old.replace('< 2', '< 3')}; function sweep() { hits.clear() }; setInterval(sweep, 1000).unref()`;
        return withBuild({ 'index.js': old }, { 'index.js': young }, async (made) => {
            const [problem, ...others] = problemsOf(made);
            assert.match(problem, /setInterval.*new code that runs at start-up/);
            assert.deepEqual(others, []);
            const replaced = made.deeds.map(({ what }) => what);
            assert.ok(replaced.some((one) => one.endsWith('f replaced')), replaced.join());
        });
    });
});
describe('a module in a bundle that its first user runs', () => {
    const esm = 'var __esm = (fn, res) => function __init() { return fn && (res = (0, fn[Object.getOwnPropertyNames(fn)[0]])(fn = 0)), res };';
    const bundle = (max) => `${esm} var max; var init_a = __esm({ 'a.js'() { max = ${max} } }); init_a(); exports.f = () => max`;
    it('has run: that it makes something else is a problem', () => withBuild({ 'index.js': bundle('1') }, { 'index.js': bundle('2') }, async (made) => {
        assert.match(problemsOf(made).join(), /a\.js: it is the start-up code of a module in a bundle/);
    }));
    const modules = (more, begin, end) => `${esm} var max, Fault, kept, lost
     var init_fault = __esm({ 'fault.js'() { Fault = class extends Error {} } })
     var init_other = __esm({ 'other.js'() { 'use strict'; init_fault(); kept = 2 } })
     ${more}
     var init_a = __esm({ 'a.js'() { ${begin} max = 1; ${end} } }); init_a()
     var init_late = __esm({ 'late.js'() { Fault = undefined } })
     exports.late = () => init_late()
     exports.f = (n) => { if (n > max) throw new Fault('over'); return kept }`;
    const older = modules('', 'init_other();', 'lost = 3');
    it('needs nothing where it only has others begin that have begun, and new ones that do no more', async () => {
        const added = `function check(n) { if (n === 0) throw new Fault('none') }
      var init_check = __esm({ 'check.js': () => init_fault() })`;
        const young = modules(added, 'init_check(); init_fault(); init_other();', '')
            .replace(', lost', '')
            .replace('(n) => {', '(n) => { check(n);');
        const setup = 'const call = (n) => { try { return lib.f(n) } catch ({ constructor, message }) { return [constructor.name, message] } }';
        await checkBothWays({ 'index.js': older }, { 'index.js': young }, setup, '[0, 1, 2].map(call)', [
            [2, 2, ['Fault', 'over']],
            [['Fault', 'none'], 2, ['Fault', 'over']],
        ]);
    });
    const apart = {
        'has one begin that had not': modules('', 'init_late(); init_other();', 'lost = 3'),
        'has a new one begin that does something': modules(`var init_more = __esm({ 'more.js'() { kept = 4 } })`, 'init_other(); init_more();', 'lost = 3'),
        'does something else': modules('', 'init_other(); kept++;', 'lost = 3'),
    };
    it('asks a package for something else, which the one of the program need not have: a problem', () => {
        const text = (begin, asked) => modules(`var dep; var init_dep = __esm({ 'dep.js'() { ${begin} dep = require('node:path') } }); init_dep()`, '', '').replace('return kept', `return dep.${asked}`);
        return withBuild({ 'index.js': text('', 'sep') }, { 'index.js': text('init_fault();', 'delimiter') }, async (made) => assert.match(problemsOf(made).join(), /dep\.js: it is the start-up code of a module/));
    });
    for (const [name, young] of Object.entries(apart))
        it(`is a problem where it ${name}`, () => withBuild({ 'index.js': older }, { 'index.js': young }, async (made) => assert.match(problemsOf(made).join(), /a\.js: it is the start-up code of a module in a bundle/)));
});
describe('a new field whose first value is read from one of the same name', () => {
    it('is reached by its own name where it is made', () => {
        const text = (field, count, told) => `class Store { static get() { return Store.it ??= new Store() } ${field} close() { ${count} } }
       const handlers = { close: () => Store.get().close(), stats: () => ({ kind: typeof Store, ${told} }) };
       exports.f = (name) => handlers[name]()`;
        return withPatch({ 'index.js': text('', '', '') }, { 'index.js': text('closed = 0;', 'this.closed++', 'closed: Store.get().closed') }, `lib.f('close')`, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.equal(await program.run(`[lib.f('close'), lib.f('stats').closed][1]`), 1);
        });
    });
});
//# sourceMappingURL=handed-over.test.js.map