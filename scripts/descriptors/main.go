// Command descriptors writes the FileDescriptorSet of every .proto file that the messages in a roots file reach.
//
//	go run . ../../proto/roots.txt ../../proto/envoy-1.40.0.binpb
//
// The descriptors come out of the packages of go-control-plane that packages.go links. The same roots give the same bytes.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	if len(os.Args) != 3 {
		fail("usage: descriptors ROOTS OUT")
	}
	roots, err := readRoots(os.Args[1])
	if err != nil {
		fail(err.Error())
	}
	set := &descriptorpb.FileDescriptorSet{}
	written := map[string]bool{}
	for _, root := range roots {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(root))
		if err != nil {
			fail(fmt.Sprintf("%s isn't linked: add its package to packages.go", root))
		}
		appendFile(set, written, found.ParentFile())
	}
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(set)
	if err != nil {
		fail(err.Error())
	}
	if err := os.WriteFile(os.Args[2], bytes, 0o644); err != nil {
		fail(err.Error())
	}
	fmt.Printf("%d files, %d bytes\n", len(set.File), len(bytes))
}

// readRoots gives the full names of the messages, in the file's order: a line holds what the message is for, and its name.
func readRoots(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var roots []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) != 2 {
			return nil, fmt.Errorf("%s: not a kind and a name: %q", path, lines.Text())
		}
		roots = append(roots, words[1])
	}
	return roots, lines.Err()
}

// appendFile adds a file behind all that it imports, as readers of a FileDescriptorSet want it.
func appendFile(set *descriptorpb.FileDescriptorSet, written map[string]bool, file protoreflect.FileDescriptor) {
	if written[file.Path()] {
		return
	}
	written[file.Path()] = true
	imports := file.Imports()
	for i := 0; i < imports.Len(); i++ {
		imported := imports.Get(i)
		if imported.IsPlaceholder() {
			fail(fmt.Sprintf("%s imports %s, which isn't linked", file.Path(), imported.Path()))
		}
		appendFile(set, written, imported.FileDescriptor)
	}
	set.File = append(set.File, protodesc.ToFileDescriptorProto(file))
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
