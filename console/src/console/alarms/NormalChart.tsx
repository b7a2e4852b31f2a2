import { LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlarmPicture } from '@/shared/api/alarms'
import { withUnit } from '@/shared/numbers'
import { FONT, tokensOf } from '@/shared/theme/tokens'
import { shortTime } from '@/shared/time'
import { useTheme } from '../app/theme'

echarts.use([LineChart, GridComponent, TooltipComponent, SVGRenderer])

/** The readings on the band of what was usual; the one with which it rang is marked. */
export function NormalChart({ picture, unit }: { picture: AlarmPicture; unit: string }) {
  const { t } = useTranslation('console')
  const theme = useTheme()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!box.current) return
    const tokens = tokensOf(theme)
    const text = { color: tokens.secondary, fontFamily: FONT }
    const chart = echarts.init(box.current, undefined, { renderer: 'svg' })
    const hourly = { type: 'line', step: 'end', symbol: 'none', silent: true, lineStyle: { width: 0 } } as const
    const stacked = { ...hourly, stack: 'band', stackStrategy: 'all', tooltip: { show: false } } as const
    chart.setOption({
      animation: false,
      grid: { left: 8, right: 16, top: 28, bottom: 4, containLabel: true },
      tooltip: { trigger: 'axis', valueFormatter: (value: unknown) => withUnit(typeof value === 'number' ? value : null, null, unit) },
      xAxis: { type: 'time', min: picture.since, max: picture.until, axisLabel: { ...text, formatter: (value: number) => shortTime(value), hideOverlap: true }, axisPointer: { label: { formatter: ({ value }: { value: number | string | Date }) => shortTime(value) } } },
      yAxis: { type: 'value', name: unit, nameTextStyle: { ...text, align: 'left' }, scale: true, axisLabel: text, splitLine: { lineStyle: { color: tokens.line } } },
      series: [
        { ...stacked, data: picture.band.map((one) => [one.at, one.low]) },
        { ...stacked, areaStyle: { color: tokens.brandSoft, opacity: 1 }, data: picture.band.map((one) => [one.at, one.high - one.low]) },
        { ...hourly, name: t('alarms.picture.expected'), color: tokens.tertiary, lineStyle: { width: 1, type: 'dashed' }, data: picture.band.map((one) => [one.at, one.expected]) },
        { type: 'line', name: t('alarms.picture.readings'), color: tokens.brand, showSymbol: picture.points.length < 60, symbolSize: 4, lineStyle: { width: 1.5 }, data: picture.points.map((point) => [point.at, point.value]) },
        { type: 'line', name: t('alarms.picture.broke'), color: tokens.level.red, symbol: 'circle', symbolSize: 10, silent: true, data: [[picture.at, picture.value]] },
      ],
    })
    const resize = new ResizeObserver(() => chart.resize())
    resize.observe(box.current)
    return () => {
      resize.disconnect()
      chart.dispose()
    }
  }, [picture, theme, unit, t])
  return <div ref={box} aria-hidden="true" className="alarm-chart" data-testid="alarm-chart" />
}
