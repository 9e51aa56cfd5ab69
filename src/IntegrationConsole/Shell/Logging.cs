using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace IntegrationConsole.Shell;

internal static class Logging
{
    /// <summary>Lines for people on the console, JSON in files; neither ever holds a secret or a payload.</summary>
    public static void AddLogging(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        Log.Logger = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            .MinimumLevel.Override("Npgsql", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .Enrich.FromLogContext()
            .Enrich.With(new Redaction())
            .WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}", formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                standardErrorFromLevel: LogEventLevel.Verbose)
            .WriteTo.File(
                new JsonFormatter(renderMessage: true), Path.Combine(options.DataFolder, "logs", "console-.json"), rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: 14, fileSizeLimitBytes: 200 * 1024 * 1024, rollOnFileSizeLimit: true)
            .CreateLogger();
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(Log.Logger, dispose: true);
    }

    /// <summary>The last line of defence: a property with a telling name never keeps its value.</summary>
    private sealed class Redaction : ILogEventEnricher
    {
        private static readonly string[] Telling = ["password", "token", "secret", "authorization", "apikey", "api_key", "cookie", "payload"];

        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            foreach (var name in logEvent.Properties.Keys.Where(name => Telling.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase))).ToList())
            {
                logEvent.AddOrUpdateProperty(new LogEventProperty(name, new ScalarValue("(left out)")));
            }
        }
    }
}
