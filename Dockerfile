# The console as a container image. PostgreSQL is not part of it: name one in ConnectionStrings__Console.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# Where the browser script comes from: Package, or RuntimePack where that package cannot be restored (docs/decisions.md).
ARG BlazorScript=Package
ENV BlazorScript=$BlazorScript DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source

# Packages are restored before the source is copied, so that a change in the source does not fetch them again.
COPY Directory.Build.props Directory.Packages.props BannedSymbols.txt ./
COPY src/IntegrationConsole/IntegrationConsole.csproj src/IntegrationConsole/BlazorScript.targets src/IntegrationConsole/
RUN dotnet restore src/IntegrationConsole
COPY . .
RUN dotnet publish src/IntegrationConsole -c Release --no-restore -p:UseAppHost=false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
# The master key (unless Console__MasterKey is set) and the logs live in /data; it must survive the container.
RUN mkdir /data && chown "$APP_UID" /data && chmod 700 /data
ENV Console__DataFolder=/data ASPNETCORE_HTTP_PORTS=5080
VOLUME /data
EXPOSE 5080
USER $APP_UID
# The image has no curl; the program asks the running console itself.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["dotnet", "IntegrationConsole.dll", "health", "http://localhost:5080/health/live"]
ENTRYPOINT ["dotnet", "IntegrationConsole.dll"]
