import type { Path } from '../load/document.ts';
import type { MeshConfigV1Alpha2 } from './generated/types.ts';
import { isInterfaceName } from './interface-name.ts';
import { isAddressRange } from './ip.ts';
import type { SidecarConfig } from './objects.ts';
import { quantityValue } from './quantity.ts';
import { fault, type Reading } from './reading.ts';
import { pathText, quoted } from '../load/words.ts';

/** What pods get when they are injected. */
export function readSidecars({ sidecar = {}, traffic = {} }: NonNullable<MeshConfigV1Alpha2['spec']>, reading: Reading): SidecarConfig {
  const { outboundIPRangeExclusionList = [], outboundIPRangeInclusionList = [], networkInterfaceExclusionList = [] } = traffic;
  const lists = { outboundIPRangeExclusionList, outboundIPRangeInclusionList };
  for (const [field, list] of Object.entries(lists)) check(list, isAddressRange, 'a range of addresses such as 10.0.0.0/8', ['spec', 'traffic', field], reading);
  check(networkInterfaceExclusionList, isInterfaceName, "an interface's name such as net1", ['spec', 'traffic', 'networkInterfaceExclusionList'], reading);
  checkResources(sidecar.resources ?? {}, reading);
  return {
    logLevel: sidecar.logLevel ?? 'error',
    initImage: sidecar.initContainerImage || undefined,
    privilegedInit: sidecar.enablePrivilegedInitContainer ?? false,
    resources: sidecar.resources ?? {},
    onPodAddress: sidecar.localProxyMode === 'PodIP',
    excludedInboundPorts: traffic.inboundPortExclusionList ?? [],
    excludedOutboundPorts: traffic.outboundPortExclusionList ?? [],
    excludedOutboundRanges: outboundIPRangeExclusionList,
    includedOutboundRanges: outboundIPRangeInclusionList,
    excludedInterfaces: networkInterfaceExclusionList,
  };
}

function checkResources({ requests = {}, limits = {} }: NonNullable<NonNullable<NonNullable<MeshConfigV1Alpha2['spec']>['sidecar']>['resources']>, reading: Reading): void {
  for (const [name, request] of Object.entries(requests)) {
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
    if (limit === undefined || quantityValue(request) <= quantityValue(limit)) continue;
    const path = ['spec', 'sidecar', 'resources', 'requests', name];
    fault(reading, 'SMIC6008', path, `${pathText(path)} is ${quoted(request)}, which is more than the limit of ${quoted(limit)}`);
  }
}

function check(list: readonly string[], isOne: (text: string) => boolean, what: string, path: Path, reading: Reading): void {
  for (const [index, text] of list.entries()) {
    if (!isOne(text)) fault(reading, 'SMIC6007', [...path, index], `${pathText([...path, index])} is ${quoted(text)}, which is not ${what}`);
  }
}
