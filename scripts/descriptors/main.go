// Command descriptors writes the FileDescriptorSet of every .proto file that the messages in a roots file reach.
//
//	go run . ../../proto/roots.txt ../../proto/envoy-1.40.0.binpb
//	go run . -check ../../proto/roots.txt ../../proto/envoy-1.40.0.binpb
//
// The descriptors come out of the packages that packages.go links. The same roots give the same bytes. With -check nothing is
// written: it compares what the kept set says with what would be written, and fails if they differ.
package main

import (
	"bufio"
	"flag"
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
	check := flag.Bool("check", false, "compare instead of writing")
	flag.Parse()
	if flag.NArg() != 2 {
		fail("usage: descriptors [-check] ROOTS SET")
	}
	set, err := reachedFrom(flag.Arg(0))
	if err != nil {
		fail(err.Error())
	}
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(set)
	if err != nil {
		fail(err.Error())
	}
	if *check {
		compare(bytes, flag.Arg(1))
	} else if err := os.WriteFile(flag.Arg(1), bytes, 0o644); err != nil {
		fail(err.Error())
	}
	fmt.Printf("descriptors: %d files, %d bytes\n", len(set.File), len(bytes))
}

// compare fails where the set in a file says something else than the one in made.
func compare(made []byte, path string) {
	kept, err := os.ReadFile(path)
	if err != nil {
		fail(err.Error())
	}
	keptFiles, madeFiles := filesOf(kept), filesOf(made)
	differs := false
	for name, file := range madeFiles {
		if !proto.Equal(file, keptFiles[name]) {
			fmt.Fprintf(os.Stderr, "%s is missing or differs\n", name)
			differs = true
		}
	}
	for name := range keptFiles {
		if madeFiles[name] == nil {
			fmt.Fprintf(os.Stderr, "%s is kept, but not made any more\n", name)
			differs = true
		}
	}
	if differs {
		fail(path + " is not what the roots make; proto/README.md tells how to make it anew")
	}
}

func filesOf(bytes []byte) map[string]*descriptorpb.FileDescriptorProto {
	set := &descriptorpb.FileDescriptorSet{}
	if err := proto.Unmarshal(bytes, set); err != nil {
		fail(err.Error())
	}
	files := map[string]*descriptorpb.FileDescriptorProto{}
	for _, file := range set.File {
		files[file.GetName()] = file
	}
	return files
}

// reachedFrom gives the files of the messages that a roots file names, and all that these import.
func reachedFrom(path string) (*descriptorpb.FileDescriptorSet, error) {
	roots, err := readRoots(path)
	if err != nil {
		return nil, err
	}
	set := &descriptorpb.FileDescriptorSet{}
	written := map[string]bool{}
	for _, root := range roots {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(root))
		if err != nil {
			return nil, fmt.Errorf("%s isn't linked: add its package to packages.go", root)
		}
		appendFile(set, written, found.ParentFile())
	}
	return set, nil
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
