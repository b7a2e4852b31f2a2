/** A small line of shares over the last periods; gaps where there was nothing to divide by. */
export function Spark({ values, label }: { values: (number | null)[]; label: string }) {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return null
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const y = (value: number) => 22 - (high > low ? (value - low) / (high - low) : 0.5) * 20
  const x = (index: number) => (values.length > 1 ? (index / (values.length - 1)) * 88 + 1 : 45)
  const path = values.map((value, index) => (value === null ? '' : `${values[index - 1] === null || index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`)).join('')
  return (
    <svg className="evaluation-spark" viewBox="0 0 90 24" role="img" aria-label={label}>
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  )
}
