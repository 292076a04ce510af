declare module 'autocannon' {
  interface Result {
    errors: number
    timeouts: number
    resets: number
    non2xx: number
    requests: { total: number; average: number }
    latency: { p99: number; p50: number }
  }
  interface Client {
    on(event: 'body', listener: (body: Buffer) => void): this
  }
  interface Instance extends Promise<Result> {
    stop(): void
  }
  interface Options {
    url: string
    connections?: number
    duration?: number
    overallRate?: number
    setupClient?: (client: Client) => void
  }
  export default function autocannon(options: Options): Instance
}
