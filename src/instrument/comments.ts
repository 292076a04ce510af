/**
 * Comments of prepared code are left out where nothing shows it: V8 keeps the text of a program in memory as long as it
 * runs, and reads it whenever it compiles a function.
 *
 * Only what lies between the last sign of a line and its end goes, and lines stay, so that no column of code changes. What
 * `toString` would show stays: a text with a site in it is hidden from it anyway (to-string.ts), one without is not.
 */
import type { Edits } from './edits.ts'
import type { Planner } from './parameters.ts'
import type { Comment } from './parse.ts'
import type { Analysis } from './scopes.ts'

/** To be called when all sites are written. */
export function leaveOutComments(
  comments: readonly Comment[],
  edits: Edits,
  analysis: Analysis,
  planOf: Planner,
): void {
  const shown = shownTexts(analysis, planOf)
  const isShown = (at: number): boolean => shown.some(({ start, end }) => start <= at && at < end)
  const { source } = edits
  edits.leaveOut(
    comments
      .filter(({ start, end }) => isOrdinary(source, start) && endsLine(source, end) && !isShown(start))
      .map(({ start, end }) => {
        const lines = source.slice(start, end).replace(/[^\n\r\u2028\u2029]+/g, '')
        return { start: whiteSpaceBefore(source, start), end, lines }
      }),
  )
}

/** Functions and classes of which the engine's own text is shown: those without a site. */
function shownTexts({ functions, classes }: Analysis, planOf: Planner): { start: number; end: number }[] {
  // Not quite in their order yet: a method begins before a function in its computed key, which is numbered first.
  const sites = functions
    .filter((fn) => planOf(fn).mode !== 'missing')
    .map(({ start }) => start)
    .sort((a, b) => a - b)
  const ranges = [...functions, ...classes.map(({ node }) => node)]
  return ranges.filter(({ start, end }) => {
    const first = sites[firstNotBelow(sites, start)]
    return first === undefined || first >= end
  })
}

/** Where the first of these ascending numbers is that is not below a bound. */
function firstNotBelow(numbers: readonly number[], bound: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle]! < bound) low = middle + 1
    else high = middle
  }
  return low
}

/** No hashbang, none of HTML's, and none that engine and tools read: `//# sourceMappingURL=`. */
function isOrdinary(source: string, start: number): boolean {
  return source[start] === '/' && !/[#@]/.test(source[start + 2] ?? '')
}

function endsLine(source: string, end: number): boolean {
  let at = end
  while (source[at] === ' ' || source[at] === '\t') at++
  return at >= source.length || /[\n\r\u2028\u2029]/.test(source[at]!)
}

/** Where the white space that ends at a place begins, on its line. */
function whiteSpaceBefore(source: string, start: number): number {
  let at = start
  while (source[at - 1] === ' ' || source[at - 1] === '\t') at--
  return at
}
