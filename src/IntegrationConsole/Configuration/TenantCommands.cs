using System.Runtime.InteropServices;

namespace IntegrationConsole.Configuration;

/// <summary>The commands that work on a tenant: apply, export, run, deadletters. Each has its own help.</summary>
internal static class TenantCommands
{
    /// <summary>What is said before anything is started: help, or what was mistyped.</summary>
    /// <param name="args">As they were typed.</param>
    /// <param name="output">Takes what was asked for.</param>
    /// <param name="errors">Takes what was not: a file or a pipe behind the command gets none of it.</param>
    /// <returns>The process's exit code; null where the command is well and has to be run, or is none of these.</returns>
    public static async Task<int?> RunAloneAsync(string[] args, TextWriter output, TextWriter errors)
    {
        if (Find(args) is not { } command)
        {
            return null;
        }

        if (args.Skip(1).Any(word => word is "--help" or "-h"))
        {
            await output.WriteLineAsync(command.Help);
            return CommandLine.Done;
        }

        if (command.Read(args[1..]).Problem is not { Length: > 0 } problem)
        {
            return null;
        }

        await errors.WriteLineAsync(problem);
        await errors.WriteLineAsync();
        await errors.WriteLineAsync(command.Help);
        return command.Misused;
    }

    public static bool Has(string[] args) => Find(args) is not null;

    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        var options = Find(args)!.Read(args[1..]).Options;
        switch (args[0])
        {
            case "apply":
                return await services.GetRequiredService<ApplyCommand>().RunAsync(options, Environment.GetEnvironmentVariable, output, cancellationToken);
            case "export":
                return await services.GetRequiredService<ExportCommand>().RunAsync(options, output, Console.Error, cancellationToken);
            case "run":
                using (var interruption = new CancellationTokenSource())
                {
                    using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
                    {
                        context.Cancel = true;
                        interruption.Cancel();
                    });
                    return await services.GetRequiredService<RunCommand>().RunAsync(options, output, Console.Error, interruption.Token, cancellationToken);
                }

            default:
                await using (var file = Console.OpenStandardOutput())
                {
                    return await services.GetRequiredService<LettersCommand>().RunAsync(options, file, Console.Error, cancellationToken);
                }
        }
    }

    private static Command? Find(string[] args) => args is not [var name, ..] ? null : name switch
    {
        "apply" => new Command(ApplyCommand.Help, ApplyCommand.Read, CommandLine.Misused),
        "export" => new Command(ExportCommand.Help, ExportCommand.Read, CommandLine.Misused),
        "run" => new Command(RunCommand.Help, RunCommand.Read, RunCommand.Misused),
        "deadletters" => new Command(LettersCommand.Help, LettersCommand.Read, CommandLine.Misused),
        _ => null,
    };

    private sealed record Command(string Help, Func<string[], (CommandOptions Options, string Problem)> Read, int Misused);
}
