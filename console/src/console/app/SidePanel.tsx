import { Drawer, type DrawerProps } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFocusBack } from './focus'

/** A drawer at the side that is there only while it is needed. */
export function SidePanel(props: DrawerProps) {
  const { t } = useTranslation('console')
  useFocusBack()
  return <Drawer closable={{ 'aria-label': t('exchange.close') }} {...props} />
}
