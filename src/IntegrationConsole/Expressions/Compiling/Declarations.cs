using System.Runtime.CompilerServices;
using IntegrationConsole.Expressions.Parsing;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>
/// Finds the variables that a part of an expression binds in its own frame, before it is compiled: a function may use a
/// variable that is bound further down.
/// </summary>
internal static class Declarations
{
    public static void Declare(Scope scope, Node? node)
    {
        if (node is null)
        {
            return;
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
        Inside(scope, node);
        foreach (var stage in (node.Predicates ?? []).Concat(node.Stages ?? []))
        {
            Declare(scope, stage.Filter);
        }

        DeclarePairs(scope, node.Group);
    }

    private static void Inside(Scope scope, Node node)
    {
        switch (node)
        {
            case BindNode bind:
                scope.Declare(bind.Name);
                Declare(scope, bind.Value);
                break;
            case PathNode path:
                path.Steps.ForEach(step => Declare(scope, step));
                break;
            case SortNode sort:
                sort.Terms.ForEach(term => Declare(scope, term.Expression));
                break;
            case BinaryNode binary:
                Declare(scope, binary.Left);
                Declare(scope, binary.Right);
                break;
            case ApplyNode apply:
                Declare(scope, apply.Left);
                Declare(scope, apply.Right);
                break;
            case FallbackNode fallback:
                Declare(scope, fallback.Value);
                Declare(scope, fallback.Otherwise);
                break;
            case ConditionNode condition:
                Declare(scope, condition.Condition);
                Declare(scope, condition.Then);
                Declare(scope, condition.Otherwise);
                break;
            case NegateNode negate:
                Declare(scope, negate.Operand);
                break;
            case ArrayNode array:
                array.Items.ForEach(item => Declare(scope, item));
                break;
            case ObjectNode made:
                DeclarePairs(scope, made.Fields);
                break;
            case CallNode call:
                Declare(scope, call.Procedure);
                call.Arguments.ForEach(argument => Declare(scope, argument));
                break;
        }
    }

    private static void DeclarePairs(Scope scope, Grouping? grouping)
    {
        foreach (var (key, value) in grouping?.Pairs ?? [])
        {
            Declare(scope, key);
            Declare(scope, value);
        }
    }
}
