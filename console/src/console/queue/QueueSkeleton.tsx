import { useEffect, useState } from 'react'

/** Rows in the final layout, after 200 ms: what comes sooner needs none. */
export function QueueSkeleton() {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200)
    return () => clearTimeout(timer)
  }, [])
  if (!late) return null
  return Array.from({ length: 8 }, (_, index) => (
    <div key={index} className="queue-row queue-wait" aria-hidden="true">
      <span className="wait-bar" style={{ width: '55%' }} />
      <span className="wait-bar" style={{ width: '75%' }} />
      <span className="wait-bar" style={{ width: '30%' }} />
    </div>
  ))
}
