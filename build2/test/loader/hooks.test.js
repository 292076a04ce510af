import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { program, register, registerPath } from './program.js';
const answer = (word) => `function answer(x) { return '${word} ' + x }\n`;
test('functions of CommonJS modules are redirected, through references taken before too', () => {
    const app = program({
        'main.js': `require('./probe.cjs')
      const { held } = require('./lib.js')
      patch('/lib.js', 'answer', () => 'patched')
      say(held(1)); say(prepared())`,
        'lib.js': `${answer('old')} module.exports = { held: answer }`,
    });
    assert.deepEqual(app.values('main.js'), ['patched', ['lib.js', 'main.js', 'probe.cjs']]);
});
test('functions of ES modules are redirected, in packages and behind dynamic imports too', () => {
    const app = program({
        'package.json': '{ "type": "module" }',
        'main.js': `import './probe.cjs'
      import { held } from './lib.js'
      import { answer } from 'dependency'
      const late = await import('./late.mjs?x')
      for (const file of ['/lib.js', '/dependency/index.js', '/late.mjs?x']) patch(file, 'answer', () => file)
      say([held(1), answer(1), late.answer(1)]); say(prepared())`,
        'lib.js': `${answer('old')} export { answer as held }`,
        'late.mjs': `export ${answer('late')}`,
        'node_modules/dependency/package.json': '{ "type": "module", "exports": "./index.js" }',
        'node_modules/dependency/index.js': `export ${answer('dependency')}`,
    });
    assert.deepEqual(app.values('main.js'), [
        ['/lib.js', '/dependency/index.js', '/late.mjs?x'],
        ['index.js', 'late.mjs?x', 'lib.js', 'main.js', 'probe.cjs'],
    ]);
});
test('a module that was imported is no second file when it is required, nor the other way round', () => {
    const app = program({
        'main.cjs': `require('./probe.cjs')
      import('./imported.mjs').then(async ({ answer }) => {
        const required = [require('./imported.mjs').answer, (await import('./dual.mjs')).answer]
        for (const name of ['imported.mjs', 'dual.mjs']) patch('/' + name, 'answer', () => name)
        say([answer, ...required].map((f) => f(1))); say(prepared())
      })
      require('./dual.mjs')`,
        'imported.mjs': `export ${answer('imported')}`,
        'dual.mjs': `export ${answer('dual')}`,
    });
    assert.deepEqual(app.values('main.cjs'), [
        ['imported.mjs', 'imported.mjs', 'dual.mjs'],
        ['dual.mjs', 'imported.mjs', 'main.cjs', 'probe.cjs'],
    ]);
});
test('nothing hooks into ES modules before a CommonJS program imports one', () => {
    const app = program({
        // Required before umbra, which takes what Node has to hook with.
        'count.cjs': `const Module = require('node:module')
      let hooked = 0
      for (const name of ['register', 'registerHooks']) {
        const original = Module[name]
        if (original) Module[name] = function () { hooked++; return Reflect.apply(original, this, arguments) }
      }
      Module.syncBuiltinESMExports()
      globalThis.hooked = () => hooked`,
        'main.cjs': `require('./probe.cjs')
      const { load } = require('./lib.cjs')
      say(hooked())
      setTimeout(async () => {
        say(hooked())
        const { answer } = await load('./late.mjs')
        say(hooked())
        patch('/late.mjs', 'answer', () => 'patched')
        say(answer(1))
      })`,
        'lib.cjs': 'exports.load = (name) => import(name)',
        'late.mjs': `export ${answer('late')}`,
    });
    const node = ['--require', app.path('count.cjs'), '--import', register];
    assert.deepEqual(app.values('main.cjs', { node }), [0, 0, 1, 'patched']);
});
test('what CommonJS imports when it runs is prepared, however it is written', () => {
    const forms = {
        function: `function load() { return import('./late.mjs') }`,
        arrow: `const load = async (a = import ( /* the
      late one */ './late.mjs', )) => a`,
        method: `const load = new (class { load() { return import('./late.mjs') } })().load`,
        field: `const load = () => new (class { module = import('./late.mjs') })().module`,
        eval: `const load = () => eval("import('./late.mjs')")`,
        compiled: `const path = __dirname + '/late.mjs'
      const load = () => new Function('name', 'return import(name)')(path)`,
        'at once': `const late = import('./late.mjs')
      function load() { return late }`,
    };
    for (const [form, text] of Object.entries(forms)) {
        const app = program({
            'main.cjs': `require('./probe.cjs')
        ${text}
        const written = load.toString()
        say(!written.includes('umbra') && require('fs').readFileSync(__filename, 'utf8').includes(written))
        load().then(({ answer }) => { patch('/late.mjs', 'answer', () => 'patched'); say(answer(1)) })`,
            'late.mjs': `export ${answer('late')}`,
        });
        assert.deepEqual(app.values('main.cjs'), [true, 'patched'], form);
    }
});
test('every way from one kind of module to the other is prepared', () => {
    const app = program({
        'main.cjs': `require('./probe.cjs')
      const required = require('./required.mjs')
      import('./imported.mjs').then((imported) => {
        for (const name of ['required.mjs', 'deep.mjs', 'deeper.js', 'imported.mjs', 'common.cjs']) patch('/' + name, 'answer', () => name)
        say([required.answer(), required.deep(), required.deeper(), imported.answer(), imported.common()])
        say(untouched())
      })`,
        'required.mjs': `import { answer as deep } from './deep.mjs'
      import { answer as deeper } from './esm/deeper.js'
      export ${answer('required')} export { deep, deeper }`,
        'deep.mjs': `export ${answer('deep')}`,
        'esm/package.json': '{ "type": "module" }',
        'esm/deeper.js': `import { readFileSync } from 'node:fs'
      if (!readFileSync(new URL(import.meta.url), 'utf8').startsWith('import')) throw new Error('sees prepared text')
      export ${answer('deeper')}`,
        'imported.mjs': `import { answer as common } from './common.cjs'\nexport ${answer('imported')} export { common }`,
        'common.cjs': `${answer('common')} exports.answer = answer`,
    });
    const names = ['required.mjs', 'deep.mjs', 'deeper.js', 'imported.mjs', 'common.cjs'];
    for (let start = 0; start < 2; start++) {
        const { status, stdout, stderr } = app.run('main.cjs', { node: ['--no-warnings', '--import', register] });
        assert.equal(stderr, '');
        assert.equal(status, 0);
        assert.deepEqual(stdout
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line)), [names, {}]);
    }
});
test('a module without a declared type is what Node takes it for', () => {
    const app = program({
        'main.cjs': `require('./probe.cjs')
      const { answer } = require('./ambiguous.js')
      patch('/ambiguous.js', 'answer', () => 'patched')
      say([answer(1), fileOf('/ambiguous.js').type, fileOf('/main.cjs').type])`,
        'ambiguous.js': `import 'node:fs'\nexport ${answer('old')}`,
    });
    const { stdout } = app.run('main.cjs');
    assert.equal(stdout, '["patched","module","commonjs"]\n');
});
test('a listener runs before the first line of each file, and what it does there holds from that line on', () => {
    const files = (type) => ({
        [`main.${type}`]: type === 'cjs'
            ? `say(require('./target.cjs').first)`
            : `import { first } from './target.mjs'\nsay(first)`,
        [`target.${type}`]: type === 'cjs'
            ? `say('target runs'); exports.first = answer(1); ${answer('old')}`
            : `say('target runs'); export const first = answer(1); ${answer('old')}`,
    });
    const app = program({
        'listen.cjs': `require('./probe.cjs')
      registry.onFile((file) => {
        if (!base(file.url).startsWith('target')) return
        say('loading ' + base(file.url))
        patch(file.url, 'answer', () => 'patched')
      })`,
        ...files('cjs'),
        ...files('mjs'),
    });
    for (const type of ['cjs', 'mjs']) {
        for (const node of [
            ['--import', register, '--import', './listen.cjs'],
            ['--require', registerPath, '--require', './listen.cjs'],
        ]) {
            const said = app.values(`main.${type}`, { node: ['--no-warnings', ...node] });
            assert.deepEqual(said, [`loading target.${type}`, 'target runs', 'patched'], `${type} ${node}`);
        }
    }
});
test('a listener that throws makes that import throw, and no other', () => {
    const app = program({
        'main.mjs': `import './probe.cjs'
      registry.onFile((file) => { if (/refused/.test(file.url)) throw new Error('refusing to load ' + base(file.url)) })
      const outcome = async (name) => import(name).then(() => 'loaded', (error) => error.message)
      say(await outcome('./refused.cjs')); say(await outcome('./refused.mjs')); say(await outcome('./fine.mjs'))
      say(prepared())`,
        'refused.cjs': `say('runs')`,
        'refused.mjs': `say('runs')`,
        'fine.mjs': `export ${answer('fine')}`,
    });
    assert.deepEqual(app.values('main.mjs'), [
        'refusing to load refused.cjs',
        'refusing to load refused.mjs',
        'loaded',
        ['fine.mjs', 'main.mjs', 'probe.cjs'],
    ]);
});
test('functions that are called through an import cycle before their module begins work, and are registered', () => {
    const app = program({
        'main.mjs': `import './probe.cjs'
      registry.onFile((file) => { if (file.url.endsWith('/b.mjs')) patch('/b.mjs', 'hoisted', () => 'patched') })
      const { early } = await import('./b.mjs')
      say(early)`,
        'a.mjs': `import { hoisted } from './b.mjs'\nexport const early = hoisted()`,
        'b.mjs': `import { early } from './a.mjs'\nexport function hoisted() { return 'old' }\nexport { early }`,
    });
    assert.deepEqual(app.values('main.mjs'), ['patched']);
});
test('instances of one file share its cell, another text at the same place gets its own', () => {
    const app = program({
        'main.cjs': `require('./probe.cjs')
      const { writeFileSync } = require('node:fs')
      const again = () => { delete require.cache[require.resolve('./lib.cjs')]; return require('./lib.cjs') }
      const [first, second] = [again(), again()]
      patch('/lib.cjs', 'answer', () => 'patched')
      say([first(1), second(1), first === second])
      writeFileSync('./lib.cjs', 'function other() {}; ' + ${JSON.stringify(answer('new'))} + ' module.exports = answer')
      const third = again()
      say([first(1), third(1), [...registry.files()].filter(({ url }) => url.endsWith('/lib.cjs')).length])`,
        'lib.cjs': `${answer('old')} module.exports = answer`,
        'twin.cjs': `${answer('old')} module.exports = answer`,
        'twins.cjs': `require('./probe.cjs')
      const [one, two] = [require('./lib.cjs'), require('./twin.cjs')]
      patch('/twin.cjs', 'answer', () => 'patched')
      say([one(1), two(1)])`,
    });
    for (let start = 0; start < 2; start++)
        assert.deepEqual(app.values('twins.cjs'), [['old 1', 'patched']]);
    assert.deepEqual(app.values('main.cjs'), [
        ['patched', 'patched', false],
        ['patched', 'new 1', 2],
    ]);
});
test("another tool's hook that asks for another url with the context it was given gets what is there", () => {
    const hook = `export const load = (url, context, next) => next(url.replace('asked.mjs', 'given.mjs'), context)`;
    // Node 26 warns of `register`.
    const registers = `process.noDeprecation = true
    require('node:module').register('./hook.mjs', require('node:url').pathToFileURL(__filename))`;
    const app = program({
        'hook.mjs': hook,
        'before.mjs': `import { createRequire } from 'node:module'
      createRequire(import.meta.url)('./registers.cjs')`,
        'registers.cjs': registers,
        'main.mjs': `import './probe.cjs'\nimport { name } from './asked.mjs'\nsay(name())`,
        'setup.mjs': `import { createRequire } from 'node:module'
      createRequire(import.meta.url)('./registers.cjs')
      await import(${JSON.stringify(register)})`,
        'early.cjs': `require('./registers.cjs'); require('./late.cjs')`,
        'late.cjs': `import('./main.mjs')`,
        'after.cjs': `import('./other.mjs').then(() => { require('./registers.cjs'); return import('./main.mjs') })`,
        'asked.mjs': `export function name() { return 'asked' }`,
        'given.mjs': `export function name() { return 'given' }`,
        'other.mjs': '',
    });
    const before = ['--import', pathToFileURL(app.path('before.mjs')).href, '--import', register];
    assert.deepEqual(app.values('main.mjs'), ['asked']);
    assert.deepEqual(app.values('main.mjs', { node: before }), ['given']);
    const setup = ['--import', pathToFileURL(app.path('setup.mjs')).href];
    assert.deepEqual(app.values('main.mjs', { node: setup }), ['given']);
    assert.deepEqual(app.values('early.cjs'), ['given']);
    assert.deepEqual(app.values('after.cjs'), ['given']);
});
test('NODE_OPTIONS prepares child processes', () => {
    const app = program({
        'main.cjs': `require('./probe.cjs')
      const { execFileSync, fork } = require('node:child_process')
      say(JSON.parse(execFileSync(process.execPath, ['child.cjs'], { encoding: 'utf8' })))
      fork('./child.cjs', { stdio: 'inherit' })`,
        'child.cjs': `require('./probe.cjs'); say(prepared())`,
    });
    const expected = [
        ['child.cjs', 'probe.cjs'],
        ['child.cjs', 'probe.cjs'],
    ];
    assert.deepEqual(app.values('main.cjs', { node: [], env: { NODE_OPTIONS: `--import ${register}` } }), expected);
});
//# sourceMappingURL=hooks.test.js.map