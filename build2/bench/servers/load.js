import { connect } from 'node:net';
/** As many requests as the connections carry. */
export const saturating = (now) => now;
/** Requests at an average rate, at moments that are independent of each other and of the answers, as those of users are. */
export function paced(perSecond) {
    let next = performance.now();
    return (now) => {
        if (next > now)
            return undefined;
        const due = next;
        next += (-Math.log(1 - Math.random()) * 1000) / perSecond;
        return due;
    };
}
const STATUS_2XX = '2'.charCodeAt(0);
/**
 * Makes requests over a fixed number of connections. Latency counts from when a request was due and not from when a
 * connection was free for it, so a server that stands still is charged with all that came meanwhile. (autocannon keeps a
 * rate by sending a second's requests as fast as it can and then none, and knows whole milliseconds only.)
 *
 * It spins instead of sleeping, because a timer is good to a millisecond and latencies are a fraction of one.
 */
export class Load {
    #request;
    #onAnswer;
    #all = [];
    #free = [];
    constructor(host, onAnswer) {
        this.#request = Buffer.from(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
        this.#onAnswer = onAnswer;
    }
    static async open(address, connections, onAnswer) {
        const { host, hostname, port } = new URL(address);
        const load = new Load(host, onAnswer);
        for (let i = 0; i < connections; i++)
            await load.#connect(hostname, Number(port));
        return load;
    }
    /** Makes requests until it is over. */
    run(schedule, over) {
        return new Promise((resolve) => {
            const turn = () => {
                if (over())
                    return resolve();
                this.#send(schedule);
                setImmediate(turn);
            };
            turn();
        });
    }
    close() {
        for (const { socket } of this.#all)
            socket.destroy();
    }
    #connect(host, port) {
        return new Promise((resolve, reject) => {
            const callback = (_bytes, answer) => {
                this.#heard(connection, answer);
                return true;
            };
            const options = { host, port, noDelay: true, onread: { buffer: Buffer.alloc(4096), callback } };
            const socket = connect(options, resolve).once('error', reject);
            const connection = { socket, due: 0 };
            this.#all.push(connection);
            this.#free.push(connection);
        });
    }
    #send(schedule) {
        while (this.#free.length > 0) {
            const due = schedule(performance.now());
            if (due === undefined)
                return;
            const connection = this.#free.shift();
            connection.due = due;
            connection.socket.write(this.#request);
        }
    }
    /** Answers are short, and each connection waits for one at a time: each arrives in one piece. */
    #heard(connection, answer) {
        if (answer['HTTP/1.1 '.length] !== STATUS_2XX)
            throw new Error(`unexpected answer: ${Buffer.from(answer)}`);
        this.#free.push(connection);
        this.#onAnswer(connection.due, performance.now() - connection.due);
    }
}
//# sourceMappingURL=load.js.map