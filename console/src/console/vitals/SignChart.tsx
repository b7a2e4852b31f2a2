import { LineChart } from 'echarts/charts'
import { GridComponent, MarkAreaComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { SignPage, SignTrend } from '@/shared/api/vitals'
import { FONT, tokensOf } from '@/shared/theme/tokens'
import { shortTime } from '@/shared/time'
import { valueText } from '@/shared/numbers'
import { useTheme } from '../app/theme'
import { bands } from './format'

echarts.use([LineChart, GridComponent, MarkAreaComponent, TooltipComponent, SVGRenderer])

/** A thin line; behind it the levels. */
export function SignChart({ page, trend }: { page: SignPage; trend: SignTrend }) {
  const { t } = useTranslation('console')
  const theme = useTheme()
  const box = useRef<HTMLDivElement>(null)
  const { sign } = page
  const limits = page.thresholds.thresholds
  useEffect(() => {
    if (!box.current) return
    const tokens = tokensOf(theme)
    const text = { color: tokens.secondary, fontFamily: FONT }
    const chart = echarts.init(box.current, undefined, { renderer: 'svg' })
    chart.setOption({
      animation: false,
      color: [tokens.brand],
      grid: { left: 8, right: 48, top: 28, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis', valueFormatter: (value: unknown) => `${valueText(typeof value === 'number' ? value : null, sign.decimals)} ${sign.unit}` },
      xAxis: { type: 'time', min: trend.since, max: trend.until, axisLabel: { ...text, formatter: (value: number) => shortTime(value), hideOverlap: true }, axisPointer: { label: { formatter: ({ value }: { value: number | string | Date }) => shortTime(value) } } },
      yAxis: { type: 'value', name: sign.unit, nameTextStyle: { ...text, align: 'left' }, scale: true, axisLabel: text, splitLine: { lineStyle: { color: tokens.line } } },
      series: [
        {
          type: 'line', name: sign.name, showSymbol: trend.points.length < 60, symbolSize: 5, lineStyle: { width: 1.5 }, connectNulls: false, data: trend.points.map((point) => [point.at, point.value]),
          markArea: {
            silent: true,
            label: { position: 'insideRight', fontFamily: FONT, color: tokens.secondary },
            data: bands(limits, sign.bad).map((band) => [
              { name: t(`vitals.level.${band.level}`), yAxis: band.from ?? 'min', itemStyle: { color: tokens.levelSoft[band.level] } },
              { yAxis: band.to ?? 'max' },
            ]),
          },
        },
      ],
    })
    const resize = new ResizeObserver(() => chart.resize())
    resize.observe(box.current)
    return () => {
      resize.disconnect()
      chart.dispose()
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the page is read again every few seconds, its thresholds count by value
  }, [trend, theme, JSON.stringify(limits), sign.code])
  return <div ref={box} aria-hidden="true" className="sign-chart" data-testid="sign-chart" />
}
