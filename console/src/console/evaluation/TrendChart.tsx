import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { IndicatorText, TrendPoint } from '@/shared/api/evaluation'
import { FONT, tokensOf } from '@/shared/theme/tokens'
import { useTheme } from '../app/theme'
import { percent } from './figures'

echarts.use([LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])
const SHOWN = ['handled_on_time', 'closed_on_time', 'closing', 'rework']

/** The shares of the last periods, and the same numbers as a table for readers. */
export function TrendChart({ points, indicators }: { points: TrendPoint[]; indicators: IndicatorText[] }) {
  const { t } = useTranslation('console')
  const theme = useTheme()
  const box = useRef<HTMLDivElement>(null)
  const shown = indicators.filter((one) => SHOWN.includes(one.key))
  useEffect(() => {
    if (!box.current) return
    const tokens = tokensOf(theme)
    const text = { color: tokens.secondary, fontFamily: FONT }
    const chart = echarts.init(box.current, undefined, { renderer: 'svg' })
    chart.setOption({
      animation: false,
      color: [tokens.level.blue, tokens.done, tokens.level.orange, tokens.level.red],
      grid: { left: 8, right: 24, top: 36, bottom: 4, containLabel: true },
      legend: { textStyle: text, top: 0, left: 0 },
      tooltip: { trigger: 'axis', valueFormatter: (value: unknown) => percent(typeof value === 'number' ? value : null) },
      xAxis: { type: 'category', data: points.map((point) => point.span.first), axisLabel: text },
      yAxis: { type: 'value', min: 0, max: 1, axisLabel: { ...text, formatter: (value: number) => `${Math.round(value * 100)}%` }, splitLine: { lineStyle: { color: tokens.line } } },
      series: shown.map((one) => ({
        type: 'line', name: one.name, symbolSize: 6, data: points.map((point) => point.figures[one.key]?.rate ?? null),
      })),
    })
    const resize = new ResizeObserver(() => chart.resize())
    resize.observe(box.current)
    return () => {
      resize.disconnect()
      chart.dispose()
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- indicators change with the language, as points do
  }, [points, theme])
  return (
    <figure className="card evaluation-trend">
      <h2>{t('evaluation.trend')}</h2>
      <div ref={box} aria-hidden="true" className="evaluation-chart" data-testid="evaluation-chart" />
      <div className="visually-hidden">
        <table>
          <caption>{t('evaluation.trend')}</caption>
          <tbody>
            {points.map((point) => (
              <tr key={point.span.first}>
                <th scope="row">{point.span.first}</th>
                {shown.map((one) => (
                  <td key={one.key}>
                    {one.name} {percent(point.figures[one.key]?.rate)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  )
}
