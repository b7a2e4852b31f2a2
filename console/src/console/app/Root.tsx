import { Outlet } from '@tanstack/react-router'
import { App, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { useTranslation } from 'react-i18next'
import { antTheme, useNarrow, useTheme } from './theme'

const ANT_TEXTS = { zh: zhCN, en: enUS }

export function Root() {
  const { i18n } = useTranslation()
  const theme = useTheme()
  return (
    <ConfigProvider
      theme={antTheme(theme, useNarrow())}
      locale={i18n.language === 'en' ? ANT_TEXTS.en : ANT_TEXTS.zh}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      <App message={{ maxCount: 3 }} component={false}>
        <Outlet />
      </App>
    </ConfigProvider>
  )
}
