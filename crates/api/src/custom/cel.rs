//! Rules in CEL: compiled once, vetted before they run, evaluated at a bounded price.
//!
//! Called by `structural`. The language is the crate's `cel`; what a rule may say beyond it is in [`vocabulary`], what
//! it may cost in [`budget`]. A rule cannot panic its way out: it runs in a thread of its own, with a stack of its own.

mod budget;
mod equality;
mod functions;
mod value;
mod vet;
mod vocabulary;

pub(crate) use value::{Boxed, List, Map};

use std::sync::{Arc, LazyLock};
use std::thread;

use cel::common::types::{CelBool, CelString};
use cel::common::value::CowVal;
use cel::{Context, Env, ExecutionError, IdedExpr, Value};

use budget::Budget;
use functions::Room;
use vet::Vetting;

use super::structural::pattern::Patterns;

/// The longest rule, in bytes.
const LONGEST: usize = 10_000;
/// The deepest nesting of brackets in a rule.
const BRACKETS: u16 = 96;
/// What all rules of one object may cost, in steps; a turn of `all` costs as many as its body has nodes. The API server
/// of Kubernetes stops at the same number, though it counts a little differently.
const STEPS: u64 = 10_000_000;
/// The stack a rule is parsed and evaluated on, in bytes: enough for the longest and deepest one without optimisation.
const STACK: usize = 64 << 20;

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    // Fails only for an overload declared twice; without it, its functions are reported as missing by the rule.
    let _ = env.add_extension(cel::extensions::strings);
    Arc::new(env)
});

/// One vetted expression.
#[derive(Debug)]
pub(crate) struct Expression {
    tree: IdedExpr,
    nodes: usize,
    /// Whether it compares with the value before.
    pub(crate) uses_old_self: bool,
    /// The fields it selects from `self`, step by step, as the rule spells them.
    pub(crate) fields: Vec<Vec<String>>,
}

/// Why an expression gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It went wrong: an overflow, a key that is not there, a result of another type.
    Failed(String),
    /// The rules of this object cost more than all rules together may.
    TooCostly,
}

/// Evaluates the expressions of one object; they share variables and budget.
pub(crate) struct Evaluation<'v> {
    context: Context<'v, 'v>,
    budget: Arc<Budget>,
}

impl Expression {
    /// Compiles an expression over `self` and `oldSelf`.
    ///
    /// # Errors
    /// One sentence: not CEL, too long, too deep, a variable, function or pattern there is not.
    pub(crate) fn compile(source: &str, patterns: &mut Patterns) -> Result<Self, String> {
        if source.len() > LONGEST {
            return Err(format!("the rule is {} bytes long, at most {LONGEST} are read", source.len()));
        }
        let parsed = ENV.parser().max_recursion_depth(BRACKETS).parse(source);
        let tree = parsed.map_err(|errors| one_line(&errors.to_string()))?;
        let mut vetting = Vetting::new(&["self", "oldSelf"], patterns);
        let tree = vetting.expression(tree)?;
        let Vetting { nodes, uses_old_self, fields, .. } = vetting;
        Ok(Self { tree, nodes, uses_old_self, fields })
    }
}

impl<'v> Evaluation<'v> {
    /// Starts with a full budget and no variables.
    pub(crate) fn new(patterns: &Arc<Patterns>) -> Self {
        let budget = Arc::new(Budget::new(STEPS));
        let mut context = Context::with_env(Arc::clone(&ENV));
        let room = Room { budget: Arc::clone(&budget), patterns: Arc::clone(patterns) };
        // Fails only when a name is taken; ours begin with `@`, which CEL cannot write.
        let _ = functions::declare(&mut context, room);
        Self { context, budget }
    }

    /// Binds a variable for the evaluations that follow.
    pub(crate) fn bind(&mut self, name: &str, value: Boxed<'v>) {
        self.context.add_variable_as_val(name, value);
    }

    /// Says whether a rule holds.
    pub(crate) fn holds(&self, rule: &Expression) -> Result<bool, Fault> {
        self.run(rule, |value| value.downcast_ref::<CelBool>().map(|answer| *answer.inner()), "a boolean")
    }

    /// Returns the text an expression comes to.
    pub(crate) fn text(&self, message: &Expression) -> Result<String, Fault> {
        self.run(message, |value| value.downcast_ref::<CelString>().map(|text| text.inner().to_owned()), "a text")
    }

    fn run<T>(
        &self,
        expression: &Expression,
        read: impl FnOnce(&CowVal<'_, 'v>) -> Option<T>,
        wanted: &str,
    ) -> Result<T, Fault> {
        let failed = |error: &ExecutionError| Fault::Failed(one_line(&error.to_string()));
        self.budget.spend(expression.nodes).map_err(|_| Fault::TooCostly)?;
        let outcome = Value::resolve_val(&expression.tree, &self.context);
        if self.budget.is_overdrawn() {
            return Err(Fault::TooCostly);
        }
        let value = outcome.map_err(|error| failed(&error))?;
        read(&value).ok_or_else(|| Fault::Failed(format!("it comes to {}, not {wanted}", value.get_type().name())))
    }
}

/// Reads a text as CEL reads it in `timestamp(…)` or `duration(…)`; `None` when it cannot.
pub(crate) fn converted<'v>(function: &str, text: impl Into<CelString<'v>>) -> Option<Boxed<'v>> {
    let argument = vec![CowVal::owned(text.into())];
    let convert = ENV.find_overload(function, &argument)?;
    convert(argument).ok().map(CowVal::into_owned)
}

/// Runs something on a stack of its own; `None` when it panicked or there was no thread to be had.
pub(crate) fn apart<T: Send>(run: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let spawned = thread::Builder::new().name("cel".to_owned()).stack_size(STACK).spawn_scoped(scope, run);
        spawned.ok()?.join().ok()
    })
}

/// Puts an error of the crate on one line of bearable length.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}
