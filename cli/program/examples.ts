/** Shown under a command's help and on its page. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  compile: [
    'smic compile policies/ --snapshot cluster.yaml --out build/mesh',
    'smic compile policies/ cluster.yaml -o yaml --proxy bookstore/bookstore-v1 -t listener,route',
    'smic compile policies/ cluster.yaml --check goldens/mesh',
    'kubectl get services,pods,endpointslices -A -o yaml | smic compile policies/ -',
  ],
  lint: ['smic lint policies/', 'smic lint policies/ --report sarif > smic.sarif', "smic lint policies/ --fail-on warning --suppress 'SMIC3103=TrafficTarget/shop/*'"],
  explain: ['smic explain SMIC3001', 'smic explain'],
  serve: ['smic serve build/mesh --ca ca', 'smic serve mesh.bundle --ca /var/lib/smic/ca --listen 0.0.0.0:15128 --admin 127.0.0.1:9091'],
  status: ['smic status', 'smic status --watch', 'smic status --server http://127.0.0.1:9091 -o json'],
  bootstrap: ['smic bootstrap bookstore/bookstore-v1 --service-account bookstore-v1 --server smic.smic-system.svc:15128 > bootstrap.json', 'smic bootstrap bookstore/bookstore-v1 --server 10.0.0.1:15128 --certificates certificates --out envoy && envoy -c envoy/bootstrap.json'],
  inject: [
    'smic inject deployment.yaml | kubectl apply -f -',
    'smic inject namespace.yaml deployment.yaml --explain > injected.yaml',
    'smic inject deployment.yaml --as-patch',
  ],
  proxy: [
    'smic proxy routes',
    'smic proxy listeners --artifact build/mesh',
    'smic proxy config --diff --artifact build/mesh',
    'smic proxy config --diff --server http://127.0.0.1:9091 --admin http://10.0.0.7:15000',
    'smic proxy get "/stats?filter=rbac"',
  ],
  ca: [
    'smic ca init ca',
    'smic ca init ca --certificate intermediate-and-root.pem --key intermediate.key',
    'smic ca issue ca --identity spiffe://cluster.local/ns/bookstore/sa/bookbuyer --out certificates',
    'smic ca rotate ca --server http://127.0.0.1:9091',
    'smic ca show ca',
  ],
  webhook: ['smic webhook --certificate /etc/smic/webhook-certificate --trust-bundle /etc/smic/trust/ca.crt'],
  agent: ['smic agent --server smic.smic-system.svc:15128 --issuer smic.smic-system.svc:15129', 'smic agent --wait'],
  demo: ['sudo smic demo', 'sudo smic demo --yes'],
  version: ['smic version -o json'],
  completion: ['source <(smic completion bash)', 'smic completion zsh > "${fpath[1]}/_smic"', 'smic completion fish > ~/.config/fish/completions/smic.fish'],
};
