/** The tests of `umbra/shadow` that run inside a browser; scripts/test-browser.mjs bundles them into a page. */
import { shadowId } from 'umbra/shadow';
import { checkAgainstModel } from '../shadow/portable/model.js';
const page = globalThis;
let reported = 0;
page.console.warn = (message) => {
    if (!message.includes('UMBRA_SHADOW_DUPLICATE'))
        throw new Error(`unexpected warning: ${message}`);
    reported++;
};
function check(condition, what) {
    if (!condition)
        throw new Error(what);
}
const tests = {
    'the page can generate code as far as it says'() {
        let can = true;
        try {
            new Function('');
        }
        catch {
            can = false;
        }
        check(can === page.mayGenerateCode, `new Function works: ${can}`);
    },
    'the store does what a plain model does'() {
        checkAgainstModel(30_000, () => reported);
    },
    'objects of the browser are parents like others, and nothing can be seen on them'() {
        const frame = page.document.createElement('iframe');
        page.document.body.append(frame);
        const element = page.document.createElement('div');
        const parents = [
            page.window,
            frame.contentWindow,
            page.document,
            page.document.body,
            element,
            element.style,
            element.dataset,
            page.document.querySelectorAll('*'),
            new URL('https://example.org/'),
            new EventTarget(),
        ];
        for (const storage of ['inline', 'table']) {
            const id = shadowId(`browser, ${storage}`, { storage });
            for (const [i, parent] of parents.entries()) {
                const before = Reflect.ownKeys(parent).map(String).join();
                check(id.get(parent) === undefined && !id.has(parent), 'absent');
                check(id.attach(parent, i) === i, 'attach');
                check(id.get(parent) === i && id.has(parent), 'present');
                check(id.attach(parent, -1) === undefined, 'duplicate');
                check(Reflect.ownKeys(parent).map(String).join() === before, 'own keys');
            }
            check(id.detachAll() === parents.length, 'detachAll');
            for (const parent of parents)
                check(!id.has(parent), 'gone');
        }
    },
    'a primitive is refused'() {
        for (const primitive of [undefined, null, 1, 'text']) {
            let message = '';
            try {
                shadowId('browser').attach(primitive, 1);
            }
            catch (error) {
                message = error.message;
            }
            check(message.includes(String(primitive)), `refused: ${message}`);
        }
    },
};
const results = Object.entries(tests).map(([name, test]) => {
    try {
        test();
        return `ok: ${name}`;
    }
    catch (error) {
        return `FAILED: ${name}\n${error.stack}\n${error.cause?.stack ?? ''}`;
    }
});
page.document.body.textContent = `${results.join('\n')}\n${results.length} tests done`;
//# sourceMappingURL=page.js.map