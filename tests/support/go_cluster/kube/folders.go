package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// folders makes a folder on the node for each volume that is claimed.
type folders struct{ root string }

func (f folders) Provision(_ context.Context, wish controller.ProvisionOptions) (*core.PersistentVolume, controller.ProvisioningState, error) {
	folder := filepath.Join(f.root, wish.PVName)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	// Pods write in it as whoever they are; the mask of this process took that away.
	if err := os.Chmod(folder, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: wish.PVName},
		Spec: core.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *wish.StorageClass.ReclaimPolicy,
			AccessModes:                   wish.PVC.Spec.AccessModes,
			Capacity:                      core.ResourceList{core.ResourceStorage: wish.PVC.Spec.Resources.Requests[core.ResourceStorage]},
			PersistentVolumeSource:        core.PersistentVolumeSource{HostPath: &core.HostPathVolumeSource{Path: folder}},
		},
	}, controller.ProvisioningFinished, nil
}

func (f folders) Delete(_ context.Context, volume *core.PersistentVolume) error {
	return os.RemoveAll(filepath.Join(f.root, volume.Name))
}

func foldersCommand() *cobra.Command {
	var kubeconfig, root, name string
	command := &cobra.Command{
		Use: "folders",
		RunE: func(command *cobra.Command, _ []string) error {
			config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
			if err != nil {
				return err
			}
			client, err := kubernetes.NewForConfig(config)
			if err != nil {
				return err
			}
			controller.NewProvisionController(
				command.Context(), client, name, folders{root}, controller.LeaderElection(false),
			).Run(command.Context())
			return nil
		},
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how the API server is reached")
	command.Flags().StringVar(&root, "root", "", "where the folders are made")
	command.Flags().StringVar(&name, "provisioner", "", "whose storage classes these are")
	return command
}
