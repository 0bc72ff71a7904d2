/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Setting what it already is counts too: that is another network than before.
 */
#include "doubles/network-dummy.h"

struct _CvgNetworkDummy
{
  GObject parent_instance;

  gboolean up;
};

static void cvg_network_dummy_network_init (CvgNetworkInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgNetworkDummy,
                               cvg_network_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_NETWORK,
                                                      cvg_network_dummy_network_init))

static gboolean
network_dummy_is_up (CvgNetwork *network)
{
  return CVG_NETWORK_DUMMY (network)->up;
}

static void
cvg_network_dummy_class_init (CvgNetworkDummyClass *klass)
{
}

static void
cvg_network_dummy_network_init (CvgNetworkInterface *iface)
{
  iface->is_up = network_dummy_is_up;
}

static void
cvg_network_dummy_init (CvgNetworkDummy *self)
{
  self->up = TRUE;
}

/** cvg_network_dummy_new: Returns: (transfer full): a network that is up */
CvgNetworkDummy *
cvg_network_dummy_new (void)
{
  return g_object_new (CVG_TYPE_NETWORK_DUMMY, NULL);
}

/** cvg_network_dummy_set_up: the network comes or goes; emits "changed" in any case */
void
cvg_network_dummy_set_up (CvgNetworkDummy *self, gboolean up)
{
  g_return_if_fail (CVG_IS_NETWORK_DUMMY (self));

  self->up = up;
  cvg_network_emit_changed (CVG_NETWORK (self));
}
