// Command generate makes the stubs of this client from .proto files, without
// protoc: it compiles the files itself and hands them to Go's two plugins.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

// stubs is where the packages of the stubs are, as a folder and as imported.
const (
	stubs   = "stubs"
	imports = "opensergo.example/e2e/clients/go-event/" + stubs
)

// folders hold the .proto files: the transport's and what it shares, and the
// kind's.
var folders = []string{"../../../crates/wire/proto", "../../../examples/custom-kind"}

// plugins are called as protoc would call them.
var plugins = []string{"protoc-gen-go", "protoc-gen-go-grpc"}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	names, err := find()
	if err != nil {
		return err
	}
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{ImportPaths: folders}),
	}
	files, err := compiler.Compile(context.Background(), names...)
	if err != nil {
		return err
	}
	request, err := proto.Marshal(request(names, files))
	if err != nil {
		return err
	}
	if err := os.RemoveAll(stubs); err != nil {
		return err
	}
	for _, plugin := range plugins {
		if err := generate(plugin, request); err != nil {
			return fmt.Errorf("%s: %w", plugin, err)
		}
	}
	return nil
}

// find returns the names of all .proto files, as they import each other.
func find() ([]string, error) {
	var names []string
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(file string, _ os.DirEntry, err error) error {
			if err == nil && path.Ext(file) == ".proto" {
				name, _ := filepath.Rel(folder, file)
				names = append(names, filepath.ToSlash(name))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

// request asks a plugin for the code of the named files; each gets a package
// of its own, called after its folder, or after itself where it has none.
func request(names []string, files linker.Files) *pluginpb.CodeGeneratorRequest {
	parameters := []string{"module=" + imports}
	for _, name := range names {
		folder := path.Dir(name)
		if folder == "." {
			folder = strings.TrimSuffix(name, ".proto")
		}
		parameters = append(parameters, fmt.Sprintf("M%s=%s/%s", name, imports, strings.TrimSuffix(folder, "/v1")))
	}
	request := &pluginpb.CodeGeneratorRequest{
		FileToGenerate: names,
		Parameter:      proto.String(strings.Join(parameters, ",")),
	}
	seen := map[string]bool{}
	for _, file := range files {
		request.ProtoFile = withImports(request.ProtoFile, file, seen)
	}
	return request
}

// withImports adds a file after everything it imports, each once.
func withImports(
	list []*descriptorpb.FileDescriptorProto, file protoreflect.FileDescriptor, seen map[string]bool,
) []*descriptorpb.FileDescriptorProto {
	if seen[file.Path()] {
		return list
	}
	seen[file.Path()] = true
	for i := range file.Imports().Len() {
		list = withImports(list, file.Imports().Get(i).FileDescriptor, seen)
	}
	return append(list, protoutil.ProtoFromFileDescriptor(file))
}

// generate runs one plugin and writes what it answers.
func generate(plugin string, request []byte) error {
	command := exec.Command("go", "tool", plugin)
	command.Stdin, command.Stderr = bytes.NewReader(request), os.Stderr
	output, err := command.Output()
	if err != nil {
		return err
	}
	var response pluginpb.CodeGeneratorResponse
	if err := proto.Unmarshal(output, &response); err != nil {
		return err
	}
	if response.Error != nil {
		return fmt.Errorf("%s", *response.Error)
	}
	for _, file := range response.File {
		target := filepath.Join(stubs, filepath.FromSlash(file.GetName()))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, []byte(file.GetContent()), 0o644); err != nil {
			return err
		}
	}
	return nil
}
