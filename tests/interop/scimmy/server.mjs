// Copyright: (c) 2026, scimops maintainers
// GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// SCIMMY with its routers on loopback, empty, everything in memory. It prints its port when it listens. The token is in SCIM_TOKEN.
// Express 4: on Express 5 these routers ignore startIndex and count.
import {randomUUID} from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

/** Lets SCIMMY keep resources of this type in a map, by id. */
function keep(type, name) {
    const kept = new Map();
    const found = (id) => {
        if (!kept.has(id)) throw new SCIMMY.Types.Error(404, null, `No ${type.name} has the id ${id}`);
        return kept.get(id);
    };
    const taken = (instance, id) =>
        [...kept.values()].some((other) => other.id !== id && other[name].toLowerCase() === instance[name].toLowerCase());
    SCIMMY.Resources.declare(type, {
        ingress(resource, instance) {
            if (resource.id) found(resource.id);
            if (taken(instance, resource.id)) throw new SCIMMY.Types.Error(409, "uniqueness", `${instance[name]} is taken`);
            const id = resource.id ?? randomUUID();
            const values = JSON.parse(JSON.stringify(instance));
            const now = new Date().toISOString();
            kept.set(id, {...values, id, meta: {created: kept.get(id)?.meta.created ?? now, lastModified: now}});
            return kept.get(id);
        },
        egress: (resource) => (resource.id ? found(resource.id) : [...kept.values()]),
        degress(resource) {
            found(resource.id);
            kept.delete(resource.id);
        }
    });
}

keep(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false), "userName");
keep(SCIMMY.Resources.Group, "displayName");

const application = express();
application.use("/scim", new SCIMMYRouters({
    type: "bearer",
    handler(request) {
        if (request.header("Authorization") !== `Bearer ${process.env.SCIM_TOKEN}`) throw new Error("The token is wrong");
        return "interop";
    }
}));
const listener = application.listen(0, "127.0.0.1", () => console.log(listener.address().port));
