/** Shown under a command's help and on its page. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  compile: [
    'smic compile policies/ --snapshot cluster.yaml --out build/mesh',
    'smic compile policies/ cluster.yaml -o yaml --proxy bookstore/bookstore-v1 -t listener,route',
    'smic compile policies/ cluster.yaml --check goldens/mesh',
    'kubectl get services,pods,endpointslices -A -o yaml | smic compile policies/ -',
  ],
  lint: ['smic lint policies/', 'smic lint policies/ --report sarif > smic.sarif', "smic lint policies/ --fail-on warning --suppress 'SMIC3007=TrafficTarget/shop/*'"],
  explain: ['smic explain SMIC3001', 'smic explain'],
  version: ['smic version -o json'],
  completion: ['source <(smic completion bash)', 'smic completion zsh > "${fpath[1]}/_smic"', 'smic completion fish > ~/.config/fish/completions/smic.fish'],
};
