import * as echarts from 'echarts/core'
import { useEffect, useRef, type RefObject } from 'react'

/** A chart in a box, as large as the box; drawn anew when what it shows changes. */
export function useChart(option: echarts.EChartsCoreOption): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null)
  const shown = JSON.stringify(option)
  useEffect(() => {
    if (!box.current) return
    const chart = echarts.init(box.current, undefined, { renderer: 'svg' })
    chart.setOption(option)
    const resize = new ResizeObserver(() => chart.resize())
    resize.observe(box.current)
    return () => {
      resize.disconnect()
      chart.dispose()
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- an option is made anew each time; its text says whether it differs
  }, [shown])
  return box
}
