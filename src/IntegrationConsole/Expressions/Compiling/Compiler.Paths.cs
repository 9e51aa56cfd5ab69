using IntegrationConsole.Expressions.Parsing;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>The part that compiles paths, predicates, orders and groupings.</summary>
internal sealed partial class Compiler
{
    private Evaluation Path(PathNode path, int level)
    {
        if (path.Steps.Exists(CarriesTuples))
        {
            return TuplePath(path, level);
        }

        if (path.Group is null && !path.KeepArray && path.Steps.TrueForAll(IsPlainName))
        {
            _deepest = Math.Max(_deepest, level + 1);
            return new PlainPath([.. path.Steps.Cast<NameNode>().Select(step => new FieldName(step.Name))]).Evaluate;
        }

        var keepArray = path.KeepArray || path.Steps.Exists(step => step.KeepArray);
        var steps = path.Steps.Select((step, index) => Step(step, index, level)).ToArray();
        Evaluation body = new PathPlan(steps, path.Steps[0] is VariableNode, keepArray).Evaluate;
        return path.Group is { } group ? WithGroup(body, group, level, carriesTuples: false) : body;
    }

    private static bool IsPlainName(Node step) =>
        step is NameNode { Stages: null, Predicates: null, Group: null, KeepArray: false };

    private PathStep Step(Node step, int index, int level)
    {
        if (IsPlainName(step))
        {
            _deepest = Math.Max(_deepest, level + 1);
            return new PathStep(new FieldName(((NameNode)step).Name), null, null, false);
        }

        if (step is SortNode sort)
        {
            Evaluation ordered = new Ordering(Terms(sort, level), null, sort.Position).Evaluate;
            return new PathStep(null, null, WithStages(ordered, sort, level), false);
        }

        var body = WithStages(Part(step, level + 1), step, level);
        return new PathStep(null, body, null, index == 0 && step.Constructs);
    }

    private Evaluation WithStages(Evaluation body, Node step, int level)
    {
        foreach (var stage in step.Stages ?? [])
        {
            body = WithPredicate(body, stage.Filter!, level, null, isFirst: stage == step.Stages![0]);
        }

        return body;
    }

    /// <summary>Predicates of a part that is no step. Tuples may come out of a block that a later <c>%</c> looks into.</summary>
    private Evaluation WithPredicates(Evaluation body, Node node, List<Stage> predicates, int level)
    {
        foreach (var predicate in predicates)
        {
            body = node.CarriesTuples
                ? InTupleScope(scope => WithPredicate(body, predicate.Filter!, level, scope, isFirst: predicate == predicates[0]))
                : WithPredicate(body, predicate.Filter!, level, null, isFirst: predicate == predicates[0]);
        }

        var filtered = body;
        if (!node.KeepArray)
        {
            return (input, frame, run) => Sequences.Simplify(filtered(input, frame, run), false);
        }

        return (input, frame, run) =>
        {
            var value = filtered(input, frame, run);
            if (value.IsUndefined || value.IsArray)
            {
                return Sequences.Simplify(value, true);
            }

            var kept = ListValue.Sequence(1);
            kept.Add(value);
            kept.KeepsSingleton = true;
            return new Value(kept);
        };
    }

    /// <summary>The first predicate is asked even of nothing, so that its errors show; the others of what the first has left.</summary>
    private Evaluation WithPredicate(Evaluation body, Node filter, int level, Scope? tupleScope, bool isFirst)
    {
        if (filter is NumberNode { Predicates: null, Group: null } number)
        {
            var index = number.Number;
            return (input, frame, run) => Filters.At(body(input, frame, run), index);
        }

        var predicate = Part(filter, level + 1);
        if (isFirst)
        {
            return (input, frame, run) => Filters.Where(body(input, frame, run), predicate, tupleScope, frame, run);
        }

        return (input, frame, run) => body(input, frame, run) is { IsUndefined: false } left
            ? Filters.Where(left, predicate, tupleScope, frame, run)
            : default;
    }

    private OrderingTerm[] Terms(SortNode sort, int level) =>
        [.. sort.Terms.Select(term => new OrderingTerm(Part(term.Expression, level + 1), term.Descending))];

    private Evaluation WithGroup(Evaluation body, Grouping group, int level, bool carriesTuples)
    {
        if (carriesTuples)
        {
            return InTupleScope(scope => Grouped(body, Pairs(group, level), scope));
        }

        return Grouped(body, Pairs(group, level), null);

        static Evaluation Grouped(Evaluation body, GroupingPlan plan, Scope? scope) =>
            (input, frame, run) => plan.Evaluate(body(input, frame, run), scope, frame, run);
    }

    private GroupingPlan Pairs(Grouping group, int level)
    {
        var pairs = group.Pairs.Select(pair => new GroupingPair(
            pair.Key is TextNode { Predicates: null, Group: null } text ? text.Text : null,
            Part(pair.Key, level + 1),
            Part(pair.Value, level + 1))).ToArray();
        return new GroupingPlan(pairs, group.Position);
    }

    private Evaluation Object(ObjectNode made, int level)
    {
        var plan = Pairs(made.Fields, level);
        return (input, frame, run) => plan.Evaluate(input, null, frame, run);
    }

    private Evaluation TuplePath(PathNode path, int level)
    {
        var first = path.Steps.FindIndex(CarriesTuples);
        var beginsConstructed = path.Steps[0].Constructs;
        if (first == 0 && beginsConstructed)
        {
            return BoundConstruction(path, level);
        }

        var plain = path.Steps.Take(first).Select((step, index) => Step(step, index, level)).ToArray();
        var keepArray = path.KeepArray || path.Steps.Exists(step => step.KeepArray);
        var before = plain.Length == 0 ? null : new PathPlan(plain, path.Steps[0] is VariableNode, keepArray: false);
        return InTupleScope(scope =>
        {
            var steps = path.Steps.Skip(first).Select(step => TupleStepOf(step, level)).ToArray();
            var grouping = path.Group is null ? null : Pairs(path.Group, level);
            return (Evaluation)new TuplePathPlan(before, steps, scope, grouping)
            {
                StartsAtVariable = path.Steps[0] is VariableNode,
                KeepArray = keepArray,
                GivesTuples = path.CarriesTuples,
                BeginsConstructed = first == 1 && beginsConstructed,
            }.Evaluate;
        });
    }

    /// <summary>
    /// A path that begins by constructing an array binds nothing to it: after <c>#</c> it goes on with the array alone,
    /// and after <c>@</c>, which leaves the context as it was, with the context.
    /// </summary>
    private Evaluation BoundConstruction(PathNode path, int level)
    {
        var constructed = path.Steps[0];
        var array = Part(constructed, level + 1);
        var keepArray = path.KeepArray || path.Steps.Exists(step => step.KeepArray);
        return InTupleScope(scope =>
        {
            var steps = path.Steps.Skip(1).Select(step => TupleStepOf(step, level)).ToArray();
            var grouping = path.Group is null ? null : Pairs(path.Group, level);
            var rest = new TuplePathPlan(null, steps, scope, grouping) { KeepArray = keepArray, GivesTuples = path.CarriesTuples };
            var isContextKept = constructed.Focus is not null;
            return (Evaluation)((input, frame, run) =>
            {
                var made = array(input, frame, run);
                return rest.Evaluate(isContextKept ? input : made, frame, run);
            });
        });
    }

    private TupleStep TupleStepOf(Node step, int level)
    {
        var focus = step.Focus is null ? -1 : _tuples.Declare(step.Focus);
        var index = step.Index is null ? -1 : _tuples.Declare(step.Index);
        var ancestor = step.Ancestor is null ? -1 : _tuples.Declare(step.Ancestor.Label);
        var ordering = step is SortNode sort ? new Ordering(Terms(sort, level), _scope, sort.Position) : null;
        var body = ordering is null ? Part(step, level + 1) : null;
        var stages = (step.Stages ?? []).Select(stage => StageOf(stage, level)).ToArray();
        return new TupleStep(body, ordering, stages, focus, index, ancestor);
    }

    private TupleStage StageOf(Stage stage, int level)
    {
        if (stage.Filter is not { } filter)
        {
            return new TupleStage(null, double.NaN, _tuples.Declare(stage.Index!));
        }

        return filter is NumberNode { Predicates: null, Group: null } number
            ? new TupleStage(null, number.Number, -1)
            : new TupleStage(Part(filter, level + 1), double.NaN, -1);
    }
}
