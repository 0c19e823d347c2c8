//! The form that <https://profiler.firefox.com> reads.
//!
//! A sample of weight n stands for n steps, so all sums there are exact. On the axis of time a
//! million steps are a millisecond.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    FunctionId, FunctionTable,
    profile::{NodeId, Profile},
};

/// Version of the processed form; newer viewers read it as well.
const PROCESSED_VERSION: u32 = 55;
/// Version of the form it comes from, in browsers.
const GECKO_VERSION: u32 = 31;
/// Steps in a millisecond of the axis of time.
const STEPS_PER_MILLISECOND: u64 = 1_000_000;

/// Writes a profile; `product` is what the viewer calls it.
///
/// # Errors
/// Where `out` fails.
pub fn write_firefox(
    profile: &Profile,
    functions: &FunctionTable,
    product: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let thread = Thread::new(profile, functions);
    let interval = Milliseconds(profile.timeline.slice_steps());
    let document = Document {
        meta: json!({
            "interval": interval,
            "startTime": 0,
            "processType": 0,
            "product": product,
            "stackwalk": 1,
            "debug": false,
            "version": GECKO_VERSION,
            "preprocessedProfileVersion": PROCESSED_VERSION,
            "symbolicated": true,
            "usesOnlyOneStackType": true,
            "sourceCodeIsNotOnSearchfox": true,
            "categories": [{ "name": "Other", "color": "grey", "subcategories": ["Other"] }],
            "markerSchema": [],
            "sampleUnits": { "time": "ms", "eventDelay": "ms", "threadCPUDelta": "variable CPU cycles" },
            "extensions": { "id": [], "name": [], "baseURL": [], "length": 0 },
        }),
        libs: [],
        threads: [thread.to_json(product)],
    };
    serde_json::to_writer(&mut *out, &document)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Document {
    meta: Value,
    libs: [Value; 0],
    threads: [Value; 1],
}

/// Steps as time on the axis.
struct Milliseconds(u64);

impl Serialize for Milliseconds {
    /// A decimal fraction.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (whole, rest) = (self.0 / STEPS_PER_MILLISECOND, self.0 % STEPS_PER_MILLISECOND);
        let text = format!("{whole}.{rest:06}");
        let number: serde_json::Number = text.parse().map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

/// The tables of the only thread.
struct Thread<'a> {
    functions: &'a FunctionTable,
    strings: Vec<String>,
    /// Functions in the order of their frames.
    used: Vec<FunctionId>,
    stack_frame: Vec<usize>,
    stack_prefix: Vec<Option<u32>>,
    sample_stack: Vec<u32>,
    sample_time: Vec<Milliseconds>,
    sample_weight: Vec<u64>,
}

impl<'a> Thread<'a> {
    fn new(profile: &Profile, functions: &'a FunctionTable) -> Self {
        let mut thread = Self {
            functions,
            strings: Vec::new(),
            used: Vec::new(),
            stack_frame: Vec::new(),
            stack_prefix: Vec::new(),
            sample_stack: Vec::new(),
            sample_time: Vec::new(),
            sample_weight: Vec::new(),
        };
        thread.add_stacks(profile);
        thread.add_samples(profile);
        thread
    }

    /// Nodes become stacks; the root, which is none, does not count.
    fn add_stacks(&mut self, profile: &Profile) {
        let mut frames: BTreeMap<FunctionId, usize> = BTreeMap::new();
        for (_, node) in profile.tree.nodes() {
            let frame = *frames.entry(node.function).or_insert_with(|| {
                self.used.push(node.function);
                self.strings.push(self.functions.name(node.function).to_owned());
                self.used.len() - 1
            });
            self.stack_frame.push(frame);
            self.stack_prefix.push(stack_of(node.parent));
        }
    }

    fn add_samples(&mut self, profile: &Profile) {
        for (number, slice) in (0..).zip(profile.timeline.slices()) {
            let time = profile.timeline.slice_steps().saturating_mul(number);
            for (node, steps) in slice {
                if let Some(stack) = stack_of(*node) {
                    self.sample_stack.push(stack);
                    self.sample_time.push(Milliseconds(time));
                    self.sample_weight.push(*steps);
                }
            }
        }
    }

    fn to_json(&self, product: &str) -> Value {
        let count = self.used.len();
        json!({
            "name": product,
            "processType": "default",
            "processName": product,
            "processStartupTime": 0,
            "processShutdownTime": null,
            "registerTime": 0,
            "unregisterTime": null,
            "pausedRanges": [],
            "isMainThread": true,
            "pid": "0",
            "tid": 0,
            "samples": {
                "length": self.sample_stack.len(),
                "stack": self.sample_stack,
                "time": self.sample_time,
                "weight": self.sample_weight,
                "weightType": "samples",
            },
            "markers": {
                "length": 0, "data": [], "name": [], "startTime": [], "endTime": [], "phase": [],
                "category": [],
            },
            "stackTable": {
                "length": self.stack_frame.len(),
                "frame": self.stack_frame,
                "prefix": self.stack_prefix,
            },
            "frameTable": {
                "length": count,
                "address": vec![-1; count],
                "inlineDepth": vec![0; count],
                "category": vec![0; count],
                "subcategory": vec![0; count],
                "func": (0..count).collect::<Vec<_>>(),
                "nativeSymbol": vec![Value::Null; count],
                "innerWindowID": vec![0; count],
                "line": vec![Value::Null; count],
                "column": vec![Value::Null; count],
            },
            "funcTable": {
                "length": count,
                "name": (0..count).collect::<Vec<_>>(),
                "isJS": vec![false; count],
                "relevantForJS": vec![false; count],
                "resource": vec![-1; count],
                "fileName": vec![Value::Null; count],
                "lineNumber": vec![Value::Null; count],
                "columnNumber": vec![Value::Null; count],
            },
            "resourceTable": { "length": 0, "lib": [], "name": [], "host": [], "type": [] },
            "nativeSymbols": {
                "length": 0, "libIndex": [], "address": [], "name": [], "functionSize": [],
            },
            "stringArray": self.strings,
        })
    }
}

/// The stack of a node: numbers without the root.
const fn stack_of(node: NodeId) -> Option<u32> {
    node.get().checked_sub(1)
}
