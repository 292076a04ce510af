// What the running version goes on doing after the patch: listeners that stay as they are, and loops of calls under way.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, withBuild, withPatch } from './versions.js';
const index = (text) => ({ 'index.js': text });
describe('a listener that stays as it is', () => {
    const parser = (parameters, value, given) => index(`const { EventEmitter } = require('events')
      exports.Parser = class Parser extends EventEmitter {
        constructor() { super(); this.all = []; this.on('part', function (${parameters}) { this.all.push(${value}) }) }
        feed(x) { this.emit('part', ${given}) } }`);
    it('is a problem where the package emits something else now', () => withBuild(parser('part', 'part', 'x'), parser('kind, part', 'kind + part', "'k', x"), async (made) => {
        assert.match(problemsOf(made).join(), /listeners that the running version has made get what this version emits/);
    }));
    it('is told where it gets what it got', () => withPatch(parser('part', 'part', "x, 'k'"), parser('part, kind', 'part + kind', "x, 'k'"), 'const it = new lib.Parser()', async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        assert.ok(made.findings.some(({ why }) => why.includes('calls under way end in the running version')));
        await program.load(made.code, 'patch.mjs');
        assert.deepEqual(await program.run('(it.feed(1), it.all)'), [1]);
    }));
});
describe('a loop of a call under way', () => {
    const worker = (head, add) => index(`exports.Worker = class Worker { async run(next) { ${head} { const job = await next(); ${add} } } }`);
    const loopsIn = async (head) => {
        let told = [];
        await withBuild(worker(head, 'this.last = job'), worker(head, 'if (job) this.last = job'), async (made) => {
            assert.deepEqual(problemsOf(made), []);
            told = made.findings.filter(({ why }) => /go round this loop/.test(why)).map(({ what }) => what);
        });
        return told;
    };
    for (const head of ['while (!this.closed)', 'for (;;)'])
        it(`is told: ${head}`, async () => assert.equal((await loopsIn(head)).length, 1));
    for (const head of ['for (let i = 0; i < 3; i++)', 'for (const one of [1, 2])'])
        it(`is not told where it ends: ${head}`, async () => assert.deepEqual(await loopsIn(head), []));
});
describe('a pattern', () => {
    const router = (part) => index(`exports.Router = class Router { constructor() { this.routes = [] }
        on(path) { for (const one of [path]) { const parts = []; parts.push(${part}); this.routes.push(new RegExp('^' + parts.join('') + '$')) } }
        find(path) { return this.routes.some((one) => one.test(path)) } }`);
    it('that was made before stays, which is told where its parts are others now', async () => {
        const setup = 'const it = new lib.Router(); it.on("a.b")';
        await withPatch(router('one'), router("one.replace('.', '[.]')"), setup, async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            assert.ok(made.findings.some(({ why }) => why.includes('those that it has made before the patch stay')));
            await program.load(made.code, 'patch.mjs');
            assert.deepEqual(await program.run('[it.find("axb"), (it.routes.length = 0, it.on("a.b"), it.find("axb"))]'), [true, false]);
        });
    });
});
//# sourceMappingURL=left-behind.test.js.map