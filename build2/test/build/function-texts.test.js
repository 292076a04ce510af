// A function that is replaced goes on having its text: where the package makes text of it, the patch has the new one's.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problemsOf, withPatch } from './versions.js';
async function check(text, use = 'lib.run((0, eval), lib.task)') {
    await withPatch(text(1), text(2), 'const { run } = lib', async (program, made) => {
        assert.deepEqual(problemsOf(made), []);
        const results = async () => await program.run(use);
        assert.equal(await results(), 1);
        await program.load(made.code, 'patch.mjs');
        assert.equal(await results(), 2);
        await program.disable(made.name);
        assert.equal(await results(), 1);
    });
}
describe('the text of a function that changed', () => {
    const made = {
        'by toString': `'(' + task.toString() + ')()'`,
        'by String': `'(' + String(task) + ')()'`,
        'in a sum': `'(' + task + ')()'`,
        'in a template': '`($' + '{task})()`',
        'by a call of toString': `'(' + Function.prototype.toString.call(task) + ')()'`,
    };
    for (const [how, text] of Object.entries(made))
        it(`is the new one: ${how}`, () => check((n) => ({
            'index.js': `const task = () => {\n  // ' is a quote, \\ is none\r\n  return ${n} }
          exports.run = (page) => page(${text}); exports.task = task`,
        })));
    it('is the new one where start-up code keeps it', () => check((n) => ({
        'index.js': `function task() { return inner(); function inner() { return ${n} } }
        const kept = '(' + task + ')()'; exports.run = (page) => page(kept)`,
    })));
    it('is the new one where another file declares it', () => check((n) => ({
        'task.js': `const pad = ${n}; class Task { run() { return ${n} } }; module.exports = Task`,
        'index.js': `const Task = require('./task'); exports.run = (page) => page('new (' + Task + ')().run()')`,
    })));
    it('is not looked at where it is not made', async () => {
        const text = (n) => ({
            'index.js': `const task = () => ${n}; exports.run = () => [{}.toString.call(task), task.name + '!', task.toString(1)].join()`,
        });
        await withPatch(text(1), text(2), '', async (program, made) => {
            assert.deepEqual(problemsOf(made), []);
            await program.load(made.code, 'patch.mjs');
            assert.equal(await program.run('lib.run()'), '[object Function],task!,() => 1');
        });
    });
});
//# sourceMappingURL=function-texts.test.js.map