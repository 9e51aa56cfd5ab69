using IntegrationConsole.Expressions.Functions;
using IntegrationConsole.Expressions.Parsing;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Compiling;

/// <summary>The part that finds variables.</summary>
internal sealed partial class Compiler
{
    private Evaluation Variable(VariableNode variable)
    {
        switch (variable.Name)
        {
            case "":
                return (input, _, _) => input.Reference is ListValue { IsOuterWrapper: true } wrapper ? wrapper[0] : input;
            case "$":
                return (_, _, run) => run.Root;
            default:
                return Resolve(variable.Name);
        }
    }

    /// <summary>
    /// Reads a variable. A name may be declared in more than one frame, and hides an outer one only once it is bound, so
    /// all places are tried from the inside out, then the variables given from outside, then the language's functions.
    /// </summary>
    private Evaluation Resolve(string name)
    {
        var places = Places(name);
        var given = Given(name);
        if (places.Count == 0)
        {
            return given;
        }

        var (hops, slot) = places[0];
        var next = places.Count == 1 ? given : Next(places, 1, given);
        return (input, frame, run) =>
        {
            var holder = frame;
            for (var hop = hops; hop > 0; hop--)
            {
                holder = holder.Parent!;
            }

            var value = holder.Slots[slot];
            if (value.Reference is null)
            {
                return next(input, frame, run);
            }

            return ReferenceEquals(value.Reference, Boxed.Nothing) ? default : value;
        };
    }

    private static Evaluation Next(List<(int Hops, int Slot)> places, int index, Evaluation given) => (input, frame, run) =>
    {
        for (var place = index; place < places.Count; place++)
        {
            var holder = frame;
            for (var hop = places[place].Hops; hop > 0; hop--)
            {
                holder = holder.Parent!;
            }

            var value = holder.Slots[places[place].Slot];
            if (value.Reference is not null)
            {
                return ReferenceEquals(value.Reference, Boxed.Nothing) ? default : value;
            }
        }

        return given(input, frame, run);
    };

    private List<(int Hops, int Slot)> Places(string name)
    {
        var places = new List<(int, int)>();
        var hops = 0;
        for (var scope = _scope; scope is not null; scope = scope.Parent, hops++)
        {
            if (scope.Find(name) is >= 0 and var slot)
            {
                places.Add((hops, slot));
            }
        }

        return places;
    }

    private static Evaluation Given(string name)
    {
        var builtIn = Library.Find(name) is { } function ? new Value(function) : default;
        return (_, _, run) =>
        {
            var variables = run.Surroundings.Variables;
            return variables.Count > 0 && variables.TryGetValue(name, out var value) ? value : builtIn;
        };
    }

    private Evaluation Bind(BindNode bind, int level)
    {
        var value = Part(bind.Value, level + 1);
        var hops = 0;
        var scope = _scope;

        // A tuple's frame lives for one item only, so what is bound inside it goes to the block around.
        for (; scope.IsTuple; scope = scope.Parent!)
        {
            hops++;
        }

        var slot = scope.Declare(bind.Name);
        return (input, frame, run) =>
        {
            var bound = value(input, frame, run);
            var holder = frame;
            for (var hop = hops; hop > 0; hop--)
            {
                holder = holder.Parent!;
            }

            holder.Slots[slot] = bound.IsUndefined ? new Value(Boxed.Nothing) : bound;
            return bound;
        };
    }

    private Evaluation Block(BlockNode block, int level, bool isTail)
    {
        var scope = new Scope(_scope);
        block.Expressions.ForEach(each => Declarations.Declare(scope, each));
        if (scope.Count == 0)
        {
            return Sequence(block, level, isTail);
        }

        var outer = _scope;
        _scope = scope;
        var body = Sequence(block, level, isTail);
        _scope = outer;
        return (input, frame, run) => body(input, new Frame(frame, scope, new Value[scope.Count]), run);
    }

    private Evaluation Sequence(BlockNode block, int level, bool isTail)
    {
        var parts = block.Expressions.Select((each, index) => Part(each, level + 1, isTail && index == block.Expressions.Count - 1)).ToArray();
        if (parts.Length == 1)
        {
            return parts[0];
        }

        return (input, frame, run) =>
        {
            Value last = default;
            foreach (var part in parts)
            {
                last = part(input, frame, run);
            }

            return last;
        };
    }
}
