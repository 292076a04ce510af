// A client that speaks to a process's socket without umbra's own client: it can do everything that one must not.
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { link } from '#dist/livepatch/link.js';
export class RawClient {
    socket;
    #lines;
    constructor(socket) {
        this.socket = socket;
        this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
        socket.on('error', () => { });
    }
    static async open(app) {
        const socket = connect(app.card.socket);
        await once(socket, 'connect');
        return new RawClient(socket);
    }
    send(text) {
        this.socket.write(typeof text === 'string' ? text : `${JSON.stringify(text)}\n`);
    }
    /** The next reply that is no sign of life; undefined at the end. */
    async hear() {
        for (;;) {
            const { value, done } = await this.#lines.next();
            if (done)
                return undefined;
            const reply = JSON.parse(value);
            if (!('waiting' in reply))
                return reply;
        }
    }
    async close() {
        if (this.socket.closed)
            return;
        const closed = once(this.socket, 'close');
        this.socket.destroy();
        await closed;
    }
}
/** A patch, ready to be sent, that replaces `f` and `g` of ./lib.js. */
export function patchOf(name, extra = '') {
    const code = `
    import { definePatch } from 'umbra'
    ;(globalThis.evaluated ??= []).push('${name}')
    ${extra}
    export default definePatch({ name: '${name}', targets: [{ module: './lib.js', functions: {
      f: () => '${name}', g: () => '${name}',
    } }] })`;
    const filename = `/patches/${name}.mjs`;
    return { ...link(code, filename), filename };
}
/** A program with two functions that must always be of the same version. */
export const lib = {
    'main.js': `
    const { f, g } = require('./lib.js')
    const both = () => { const [a, b] = [f(), g()]; return a === b ? a : 'mixed: ' + a + ' ' + b }`,
    'lib.js': `exports.f = function f() { return 'old' }\nexports.g = function g() { return 'old' }`,
};
//# sourceMappingURL=raw.js.map