import { LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useTranslation } from 'react-i18next'
import type { Checkup } from '@/shared/api/checkup'
import { FONT, tokensOf } from '@/shared/theme/tokens'
import { useTheme } from '../app/theme'
import { points } from './figures'
import { useChart } from './useChart'

echarts.use([LineChart, GridComponent, TooltipComponent, SVGRenderer])

/** The scores of the period's parts, and the same numbers as a table for readers. */
export function TrendChart({ parts }: { parts: Checkup['findings']['parts'] }) {
  const { t } = useTranslation('console')
  const tokens = tokensOf(useTheme())
  const text = { color: tokens.secondary, fontFamily: FONT }
  const box = useChart({
    animation: false,
    color: [tokens.brand],
    grid: { left: 4, right: 16, top: 24, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis', valueFormatter: (value: unknown) => points(typeof value === 'number' ? value : null) },
    xAxis: { type: 'category', data: parts.map((part) => part.first.slice(5)), axisLabel: text },
    yAxis: { type: 'value', min: 0, max: 100, axisLabel: text, splitLine: { lineStyle: { color: tokens.line } } },
    series: [{ type: 'line', symbolSize: 7, data: parts.map((part) => part.score), label: { show: true, ...text, formatter: (point: { value?: unknown }) => points(typeof point.value === 'number' ? point.value : null) } }],
  })
  return (
    <figure className="card checkup-figure">
      <h2>{t('checkup.trend')}</h2>
      <div ref={box} aria-hidden="true" className="checkup-chart" data-testid="checkup-trend" />
      <figcaption className="meta">{t('checkup.trendNote')}</figcaption>
      <table className="visually-hidden">
        <caption>{t('checkup.trend')}</caption>
        <tbody>
          {parts.map((part) => (
            <tr key={part.first}>
              <th scope="row">
                {part.first} – {part.last}
              </th>
              <td>{points(part.score)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
