import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, register } from './program.js';
/** V8's name for all of its options: what it compares compiled code with. */
const tag = `const tag = () => require('node:v8').cachedDataVersionTag()`;
const app = program({
    'package.json': '{ "type": "commonjs" }',
    'main.js': `${tag}
    const tags = [tag()]
    require('./lib.js')
    const now = tag()
    const turn = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))
    const raised = async () => { for (let n = 0; n < 1000 && tag() === tags[0]; n++) await turn(10) }
    process.on('exit', () => console.log(JSON.stringify([...tags, tag()])))
    const main = async () => {
      tags.push(now)
      require('./late.js')
      await raised()
      new (require('node:worker_threads').Worker)('', { eval: true })
      tags.push(tag())
      await raised()
    }
    module.exports = { tags, tag }
    main()`,
    'pool.js': `${tag}
    const usual = tag()
    const { Worker } = require('node:worker_threads')
    const turn = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))
    const raised = async () => { for (let n = 0; n < 1000 && tag() === usual; n++) await turn(10) }
    setTimeout(async () => {
      await raised()
      const worker = new Worker('setTimeout(() => {}, 300)', { eval: true })
      worker.once('exit', async () => {
        // on a busy machine a thread may have come and gone before this one's own moment was over
        await raised()
        console.log(JSON.stringify(tag() !== usual))
        process.on('exit', () => { require('./lib.js'); console.log(JSON.stringify(tag() === usual)) })
      })
    })`,
    'lib.js': '',
    'late.js': `const { tags, tag } = require('./main.js'); tags.push(tag())`,
    'decided.js': `${tag}; const first = tag(); setTimeout(() => console.log(first === tag()), 400)`,
});
test('V8 inlines more where nothing is loaded, and compiles modules under its usual limits', () => {
    const [usual, raised, late, worker, end] = app.values('main.js')[0];
    assert.notEqual(raised, usual);
    assert.deepEqual([late, worker, end], [usual, usual, usual]);
});
test('a thread that ends leaves the limits of the others; the last modules are compiled under the usual ones', () => {
    assert.deepEqual(app.values('pool.js'), [true, true]);
});
test("limits that the program's owner has chosen are left alone", () => {
    const node = ['--max-inlined-bytecode-size=470', '--import', register];
    assert.deepEqual(app.values('decided.js', { node }), [true]);
});
//# sourceMappingURL=inlining.test.js.map