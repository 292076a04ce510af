// Draws the ratios of a benchmark as an SVG: one bar for each row and Node version, a whisker for the quartiles, a
// tick where the row has something that must hold. The scale is logarithmic, so that 2 × and ½ × are as long.

const colours = ['#8fb9aa', '#4a8c8c', '#1f4e5f', '#c98b5b']
const [left, right, barHeight, gap] = [330, 720, 9, 10]

export function plot(runs) {
  const rows = runs
    .flatMap((run, version) => run.rows.map((row) => ({ ...row, version })))
    .filter((row) => row.unit === '×')
  const top = Math.max(2, ...rows.map((row) => row.high))
  const bottom = Math.min(0.5, ...rows.map((row) => Math.max(row.low, 0.01)))
  const x = (value) =>
    left +
    ((right - left) * Math.log(Math.min(Math.max(value, bottom), top) / bottom)) / Math.log(top / bottom)
  const parts = []
  let y = 40
  for (const group of new Set(rows.map((row) => row.group))) {
    parts.push(text(10, y + 4, group, 'font-weight="bold"'))
    y += 20
    for (const name of new Set(rows.filter((row) => row.group === group).map((row) => row.name))) {
      const bars = rows.filter((row) => row.group === group && row.name === name)
      parts.push(text(left - 8, y + (bars.length * barHeight) / 2 + 4, name, 'text-anchor="end"'))
      for (const row of bars) {
        parts.push(bar(row, x, y))
        y += barHeight
      }
      y += gap
    }
  }
  const legend = runs.map(
    (run, i) =>
      `<rect x="${left + i * 120}" y="10" width="10" height="10" fill="${colours[i % colours.length]}"/>` +
      text(left + i * 120 + 15, 19, `Node ${run.version}`),
  )
  const one = `<line x1="${x(1)}" y1="30" x2="${x(1)}" y2="${y}" stroke="#999" stroke-dasharray="3 3"/>${text(x(1), y + 12, '1 ×', 'text-anchor="middle"')}`
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="measured ratios" width="800" height="${y + 24}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${[...legend, one, ...parts].join('\n')}
</svg>
`
}

function bar({ median, low, high, bar, version }, x, y) {
  const [from, to] = [Math.min(x(1), x(median)), Math.max(x(1), x(median))]
  const middle = y + barHeight / 2
  const limit = bar?.atLeast ?? bar?.atMost
  const tick =
    limit === undefined
      ? ''
      : `<line x1="${x(limit)}" y1="${y - 1}" x2="${x(limit)}" y2="${y + barHeight + 1}" stroke="#c0392b" stroke-width="2"/>`
  return (
    `<rect x="${from}" y="${y}" width="${Math.max(to - from, 1)}" height="${barHeight - 1}" fill="${colours[version % colours.length]}"/>` +
    `<line x1="${x(low)}" y1="${middle}" x2="${x(high)}" y2="${middle}" stroke="#333"/>${tick}` +
    text(right + 8, y + barHeight, `${median.toFixed(2)} ×`, 'font-size="9"')
  )
}

function text(x, y, content, attributes = '') {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${x}" y="${y}" ${attributes}>${escaped}</text>`
}
